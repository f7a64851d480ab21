"""Triage: what a report says, and how urgent it is."""
