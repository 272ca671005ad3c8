"""The applicants' pages."""
