"""Readers that turn a cell's text into one spelling; each gives a value, None for a blank, or a Defect."""
