"""The verbs of the flow, one file each: pull, validate, stage, standardise, link, assemble, check, publish."""
