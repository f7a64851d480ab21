"""Grouping: which open incident a report is about, and why."""
