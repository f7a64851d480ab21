"""Workers: triage, grouping and routing of accepted reports."""
