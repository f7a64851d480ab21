"""Routing: which organisation an incident goes to, and why."""
