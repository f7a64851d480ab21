"""The live stream: pushes what changed to every screen, from a process of its own, so that open screens cost the API nothing."""
