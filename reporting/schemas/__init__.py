"""Wire shapes: one file per resource, one class per audience."""
