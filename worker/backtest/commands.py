"""The commands `backtest` and `calibrate`: exit 0 done, 1 refused with one line on stderr, 2 wrong usage."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from worker.backtest.calibration import run_calibration
from worker.backtest.grouping import read_parameters_file, run_grouping
from worker.backtest.routing import read_areas, run_routing
from worker.backtest.tables import Refused
from worker.backtest.triage import Judging, run_triage
from worker.grouping.parameters import DEFAULT_PARAMETERS

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except Refused as refusal:
        raise click.ClickException(str(refusal)) from None


@click.group()
def backtest() -> None:
    """Run triage, grouping or routing over a table, without database or network."""


@backtest.command("triage")
@click.argument("texts", type=FILE)
@click.option("--out", type=NEW_FILE, required=True, help="Table to write: id, priority, score, relevant, findings, matched.")
@click.option(
    "--judge-by", metavar="COLUMN", help="Says of each row whether it is relevant (1 or 0); prints how well triage did."
)
@click.option("--by", "group", metavar="COLUMN", default="", help="With --judge-by: count by this column as well.")
def backtest_triage(texts: Path, out: Path, judge_by: str | None, group: str) -> None:
    """Assess every row of TEXTS (id, text; optional category, language, hot_hidden, hot_obvious, hot_typical,
    observed_at, received_at, lat, lon)."""
    with _refusals():
        told = run_triage(texts, out, datetime.now(UTC), Judging(judge_by, group) if judge_by else None)
    click.echo("\n".join(told))


@backtest.command("grouping")
@click.argument("reports", type=FILE)
@click.option("--out", type=NEW_FILE, required=True, help="Table to write: report_id, incident_id, reason.")
@click.option("--parameters", type=FILE, help="Windows as `calibrate grouping` writes them.")
def backtest_grouping(reports: Path, out: Path, parameters: Path | None) -> None:
    """Group the rows of REPORTS on arrival, in time order (report_id, opened_at, type, lat, lon; optional accuracy_m,
    text, device, default_location)."""
    with _refusals():
        chosen = read_parameters_file(parameters) if parameters else DEFAULT_PARAMETERS
        count, incidents = run_grouping(reports, out, chosen)
    click.echo(f"{count} reports, {incidents} incidents: {out}")


@backtest.command("routing")
@click.argument("areas", type=FILE)
@click.argument("points", type=FILE)
@click.option("--out", type=NEW_FILE, required=True, help="Table to write: id, area_id, reason.")
def backtest_routing(areas: Path, points: Path, out: Path) -> None:
    """Find the smallest of AREAS (GeoJSON) that contains each of POINTS (id, lat, lon)."""
    with _refusals():
        loading = read_areas(areas)
        for line in loading.repaired:
            click.echo(f"repaired {line}", err=True)
        for line in loading.refused:
            click.echo(f"left out {line}", err=True)
        if not loading.shapes:
            raise Refused(f"{areas.name}: no feature can be used as an area")
        count = run_routing(loading, points, out)
    click.echo(f"{count} points in {len(loading.shapes)} areas: {out}")


@click.group()
def calibrate() -> None:
    """Fit parameters from what operators confirmed."""


@calibrate.command("grouping")
@click.argument("reports", type=FILE)
@click.argument("gold", type=FILE)
@click.option("--out", type=NEW_FILE, required=True, help="Parameters to write, for `backtest grouping --parameters`.")
def calibrate_grouping(reports: Path, gold: Path, out: Path) -> None:
    """Fit windows of place and time per type from REPORTS and the joins in GOLD (report_id, incident_id; optional
    label, scored, reliable_type), and say what they gain on held-back rows."""
    with _refusals():
        result = run_calibration(reports, gold)
        try:
            out.write_text(json.dumps(result.as_json(), indent=2, sort_keys=True) + "\n", encoding="utf-8")
        except OSError as error:
            raise Refused(f"{out}: {error.strerror or 'cannot be written'}") from None
    for line in result.lines:
        click.echo(line)
    click.echo(f"Parameters written: {out}")
