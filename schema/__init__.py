"""The graph as departments see it: one file per noun or group of nouns, assembled in ``schema.api``."""
