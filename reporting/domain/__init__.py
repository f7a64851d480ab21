"""Words and rules of the field. Imports nothing of ours."""
