"""What a run says: a table for people, then one line of JSON for programs."""

import json
from collections.abc import Mapping

from benchmarks.figures import Figures


def table(figures: Figures, aims: Mapping[str, str]) -> str:
    """Every figure on its line, with the aim it has beside it."""
    width = max(len(name) for name in figures)
    lines = []
    room = ""
    for name, value in figures.items():
        if name.split(".")[0] != room:
            room = name.split(".")[0]
            lines.append("")
        shown = "-" if value is None else str(value)
        aim = f"   aim {aims[name]}" if name in aims else ""
        lines.append(f"  {name:<{width}}  {shown:>12}{aim}")
    return "\n".join(lines)


def line_of_json(figures: Figures) -> str:
    """All figures in one line, by their dotted names."""
    return json.dumps(figures, separators=(",", ":"))
