"""Calibrating grouping from a table of reports and a table of confirmed joins, and saying what it gains."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from worker.backtest.grouping import counted, read_reports
from worker.backtest.tables import Refused, Row, is_true, read_table
from worker.grouping.calibrate import ALWAYS_TRUSTED, Fit, fit_all
from worker.grouping.parameters import DEFAULT_PARAMETERS
from worker.grouping.simulate import Confirmed, Quality

REQUIRED = ("report_id", "incident_id")


@dataclass(frozen=True, slots=True)
class Calibration:
    """The fits of every type, and the lines that tell a person what they gain."""

    fits: Sequence[Fit]
    lines: Sequence[str]

    def as_json(self) -> dict[str, Any]:
        """Parameters for grouping, with a version that changes with the windows."""
        data = DEFAULT_PARAMETERS.as_json()
        data["types"] = {fit.type: asdict(fit.used) for fit in self.fits}
        data["unknown"]["most_elsewhere"] = ALWAYS_TRUSTED
        digest = sha256(json.dumps(data["types"], sort_keys=True).encode()).hexdigest()[:8]
        data["version"] = f"calibrated-{digest}"
        data["fitted"] = {fit.type: fit.reason for fit in self.fits}
        return data


def run_calibration(reports: Path, gold: Path) -> Calibration:
    """Fit windows from two tables. Refuses when they share no report, or when nothing was ever joined."""
    rows = {row["report_id"]: row for row in read_table(gold, REQUIRED)}
    known = [facts for facts in counted(read_reports(reports)) if facts.id in rows]
    if not known:
        raise Refused(f"{gold.name} and {reports.name} share no report_id")
    confirmed = [
        Confirmed(
            id=facts.id,
            type=facts.category,
            at_s=facts.received_at.timestamp(),
            lat=facts.point.lat,
            lon=facts.point.lon,
            incident=rows[facts.id]["incident_id"] or facts.id,
            scored=is_true(rows[facts.id].get("scored", "") or "1"),
            lately=facts.same_kind_lately,
        )
        for facts in known
        if facts.point is not None and not facts.default_location
    ]
    if len({row.incident for row in confirmed}) == len(confirmed):
        raise Refused(f"{gold.name}: no two reports are in one incident, so there is nothing to learn from")
    fits = fit_all(confirmed, _reliable([(facts.category, rows[facts.id]) for facts in known]))
    return Calibration(fits, [_line(fit) for fit in fits])


def _reliable(rows: Sequence[tuple[str, Row]]) -> set[str] | None:
    """The types whose joins are marked as reliably recorded; None (all) where the column is absent."""
    if not any("reliable_type" in row for _, row in rows):
        return None
    return {kind for kind, row in rows if is_true(row["reliable_type"])}


def _line(fit: Fit) -> str:
    if fit.window is None:
        return f"{fit.type}: default kept, {fit.reason}{_gain(fit)}"
    window = fit.window
    within = f"{window.distance_m:.0f} m and {window.window_s / 3600:g} h, quiet for {window.quiet_s / 86400:g} days"
    twice = f"{window.time_s(2) / 3600:g} h once reported twice, up to {window.most_elsewhere} reports in 4 h"
    return f"{fit.type}: {within}, {twice}; {fit.reason}{_gain(fit)}"


def _gain(fit: Fit) -> str:
    if fit.before is None or fit.after is None:
        return ""
    return f" (held back: {_words(fit.before)} by default, {_words(fit.after)} fitted)"


def _words(quality: Quality) -> str:
    return f"F1 {quality.f():.3f}, wrongly joined {quality.false_merges:.3f}"
