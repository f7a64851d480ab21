"""One file per migration, numbered by intent."""
