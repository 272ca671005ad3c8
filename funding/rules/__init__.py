"""The rules of money: pure Python, no Django, no clock, no database."""
