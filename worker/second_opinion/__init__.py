"""Second opinions: asks a plug-in what it would say of a report, beside the line and never for it."""
