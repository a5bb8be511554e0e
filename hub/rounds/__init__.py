"""Inspection rounds (联合核查轮次, A-47, A-67): a list frozen at a date, handed out by township, taken back, countersigned, signed off, compared."""
