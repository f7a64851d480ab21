"""Backtest: the line's own engines over a CSV, without database or network; and calibration from confirmed joins."""
