"""Figures for tests on outside data: agreement of two groupings by pairs of rows."""

import csv
from collections import Counter
from pathlib import Path


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: list[dict[str, str]]) -> Path:
    """Writes rows as a CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def f1(precision: float, recall: float) -> float:
    """The harmonic mean."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def agreement(gold: dict[str, str], found: dict[str, str]) -> dict[str, float]:
    """Pair-wise F1 of two groupings, and the share of single rows that were joined to another."""
    true, guessed = Counter(gold.values()), Counter(found[key] for key in gold)
    both = Counter((gold[key], found[key]) for key in gold)
    pairs = [sum(n * (n - 1) // 2 for n in sizes.values()) for sizes in (both, true, guessed)]
    singles = [key for key in gold if true[gold[key]] == 1]
    merged = sum(guessed[found[key]] > 1 for key in singles)
    return {
        "f1": f1(pairs[0] / pairs[2] if pairs[2] else 1.0, pairs[0] / pairs[1] if pairs[1] else 1.0),
        "pairs": pairs[1],
        "false_merges": merged / max(1, len(singles)),
    }
