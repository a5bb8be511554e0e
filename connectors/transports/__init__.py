"""Thin carriers of deliveries: files, SQL and HTTP; they know encodings, sheets and pages, but no field."""
