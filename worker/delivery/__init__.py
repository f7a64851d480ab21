"""Sending letters to people outside, in a process of its own: the only one of the line that calls anybody."""
