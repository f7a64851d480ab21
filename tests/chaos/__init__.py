"""A real system, broken on purpose: the promises of reliability, kept or not."""
