"""Measuring linkage: populations with planted truth, the scorer, FEBRL, and other engines on the same data."""
