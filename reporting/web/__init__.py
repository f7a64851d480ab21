"""How requests reach the application: whole bodies first, then a thread."""
