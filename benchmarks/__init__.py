"""Measurements of the running system beside yardsticks of the same run: `python -m benchmarks [--quick] [--only NAME]`."""
