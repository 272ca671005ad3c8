"""The rules of applications: pure Python, no Django, no clock, no database."""
