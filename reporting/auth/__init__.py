"""The guards at the doors: who is asking, and may they."""
