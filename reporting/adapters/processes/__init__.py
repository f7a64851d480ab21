"""Child processes: how they are started, watched, ended and written about."""
