"""Citizen suspicious-activity reporting: the rooms of the reporting side."""
