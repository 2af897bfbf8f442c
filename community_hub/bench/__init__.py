"""Measures the budgets of the design on a database of its own; see `manage.py bench`."""
