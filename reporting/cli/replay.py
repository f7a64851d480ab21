"""`reporting replay`: files the rows of a CSV through the public HTTP API, as phones would, at a pace."""

import csv
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

import click

from reporting.cli.replay_rows import (
    FIELDS,
    BadRow,
    Box,
    Outgoing,
    Plan,
    bounds,
    choose_columns,
    mover,
    outgoing,
    point_of,
    read_rows,
)
from reporting.cli.replay_sending import Accepted, Sending, Tally, Target
from reporting.domain.categories import CODES
from reporting.domain.errors import Refused

NAMED_ROWS: Final = 20
TELL_SECONDS: Final = 5.0
LEDGER: Final = ("row", "idempotency_key", "report_id", "reference", "replayed")


class Address(click.ParamType):
    """The origin of an installation, with a path before it if it has one."""

    name = "url"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> SplitResult:
        url = urlsplit(value)
        if url.scheme not in ("http", "https") or not url.hostname or url.query or url.fragment:
            self.fail("must be like https://report.example.org", param, ctx)
        return url


class Pair(click.ParamType):
    """Two words with a sign between them."""

    def __init__(self, sign: str, name: str) -> None:
        self.sign, self.name = sign, name

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        left, sign, right = str(value).rpartition(self.sign) if self.sign == "=" else str(value).partition(self.sign)
        if not sign or not left.strip() or not right.strip() or not right.isprintable():
            self.fail(f"must be {self.name}", param, ctx)
        return left.strip(), right.strip()


class Corners(click.ParamType):
    """A box in WGS-84 degrees."""

    name = "W,S,E,N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Box:
        try:
            west, south, east, north = (float(part) for part in str(value).split(","))
        except ValueError:
            self.fail("must be four numbers: west,south,east,north", param, ctx)
        if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
            self.fail("must be west,south,east,north in degrees", param, ctx)
        return west, south, east, north


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--url", type=Address(), required=True, help="Where the pages are, such as http://127.0.0.1:8000.")
@click.option("--rate", type=click.FloatRange(min=0), default=10.0, show_default=True, help="Reports a second; 0 for no pace.")
@click.option("--limit", type=click.IntRange(min=1), help="Only so many rows.")
@click.option("--ledger", type=click.Path(dir_okay=False, path_type=Path), help="CSV of what was accepted.")
@click.option("--with-receipts", is_flag=True, help="Also write receipt codes into the ledger; they open the reports.")
@click.option(
    "--map", "mapped", type=Pair("=", "COLUMN=FIELD"), multiple=True, help="What a column means, such as nature=description."
)
@click.option("--category", type=click.Choice(CODES), default="other", show_default=True, help="Where a row names none of ours.")
@click.option("--place", default="", help="A place in words for rows that name none.")
@click.option("--move-to", type=Corners(), help="Map the file's positions into this box.")
@click.option("--header", "headers", type=Pair(":", "NAME: VALUE"), multiple=True, help="A further header of every request.")
@click.option("--connections", type=click.IntRange(1, 64), default=8, show_default=True)
@click.option("--patience", type=click.FloatRange(min=0), default=60.0, show_default=True, help="Seconds to try each report.")
def replay(file: Path, **options: Any) -> None:
    """File the rows of FILE through the public API.

    Columns are guessed by their names. A row is filed once, however often the file is replayed: its key is made of the file's
    name and the row's id. Rows that cannot be sent are named and left out. Exit 0 when all others were accepted.
    """
    survey = look_through(file, options["limit"], _columns(file, options["mapped"]), options["move_to"])
    plan = Plan(
        source=file.name,
        columns=survey.columns,
        category=options["category"],
        place=options["place"],
        moved=survey.moved,
    )
    target = Target(
        url=options["url"],
        headers=dict(options["headers"]),
        rate=options["rate"],
        connections=options["connections"],
        patience_s=options["patience"],
    )
    rows = Rows(file, options["limit"], plan)
    began = time.monotonic()
    with ledger(options["ledger"], options["with_receipts"]) as note, watching(survey.count, rows) as watch:
        sending = Sending(target, note)
        sending.run(iter(rows), watch)
    tell(sending.tally, rows, time.monotonic() - began)
    if sending.tally.undelivered or sending.tally.refused or not (sending.tally.accepted or sending.tally.replayed):
        raise Refused(_blame(sending.tally, rows))


def _columns(file: Path, mapped: tuple[tuple[str, str], ...]) -> dict[str, tuple[str, ...]]:
    header = list(next(read_rows(file, 1), {}))
    unknown = [name for _column, name in mapped if name not in FIELDS]
    if unknown:
        raise click.UsageError(f"--map knows no field {unknown[0]}; there are {', '.join(FIELDS)}")
    try:
        return choose_columns(header, mapped)
    except KeyError as error:
        raise click.UsageError(f"--map: there is no column {error.args[0]}; there are {', '.join(header)}") from None


@dataclass(frozen=True, slots=True)
class Survey:
    """What a first look through the file found: how many rows, what its columns mean, where its points go."""

    count: int
    columns: Mapping[str, tuple[str, ...]]
    moved: Callable[[tuple[float, float]], tuple[float, float]]


def look_through(file: Path, limit: int | None, columns: Mapping[str, tuple[str, ...]], box: Box | None) -> Survey:
    """Counts the rows and finds the box of their positions. Refuses a file in which nothing can be found to say or place."""
    count, points = 0, []
    for row in read_rows(file, limit):
        count += 1
        try:
            point = point_of(row, columns) if box else None
        except BadRow:
            continue
        if point is not None:
            points.append(point)
    found = bounds(points)
    return Survey(count, columns, mover(found, box) if found and box else lambda point: point)


@dataclass(slots=True)
class Rows:
    """The reports of the file one by one; remembers what was left out and why. Row numbers start at 1."""

    file: Path
    limit: int | None
    plan: Plan
    skipped: Counter[str] = field(default_factory=Counter)
    named: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Outgoing]:
        seen: Counter[str] = Counter()
        for number, row in enumerate(read_rows(self.file, self.limit), start=1):
            try:
                yield outgoing(number, row, self.plan, seen)
            except BadRow as bad:
                self.skipped.update([str(bad)])
                if len(self.named) < NAMED_ROWS:
                    self.named.append(f"row {number}: {bad}")


@contextmanager
def ledger(path: Path | None, with_receipts: bool) -> Iterator[Accepted]:
    """Writes a line for each accepted report as it comes. With receipt codes the file is for its owner alone."""
    if path is None:
        yield lambda _report, _told, _replayed: None
        return
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600 if with_receipts else 0o644)
    with os.fdopen(handle, "w", encoding="utf-8", newline="", buffering=1) as file:
        if with_receipts:
            os.fchmod(handle, 0o600)
        lines = csv.writer(file)
        lines.writerow((*LEDGER, "receipt_code") if with_receipts else LEDGER)

        def note(report: Outgoing, told: Mapping[str, Any], replayed: bool) -> None:
            line = (report.row, report.key, told.get("id"), told.get("reference"), int(replayed))
            lines.writerow((*line, told.get("receipt_code") or "") if with_receipts else line)

        yield note


@contextmanager
def watching(count: int, rows: Rows) -> Iterator[Callable[[Tally], None]]:
    """A bar for a person at a terminal, a line every few seconds for everybody else, both on standard error."""
    if sys.stderr.isatty():
        with click.progressbar(length=count, label="Filing", file=sys.stderr) as bar:
            yield lambda tally: bar.update(tally.done + rows.skipped.total() - bar.pos)
        return
    last = time.monotonic()

    def say(tally: Tally) -> None:
        nonlocal last
        if time.monotonic() - last >= TELL_SECONDS:
            last = time.monotonic()
            click.echo(f"{tally.done + rows.skipped.total()} of {count}: {counts(tally)}", err=True)

    yield say


def counts(tally: Tally) -> str:
    """The tally in one line."""
    refused = tally.refused.total()
    return f"{tally.accepted} accepted, {tally.replayed} filed before, {refused} refused, {tally.undelivered} not delivered"


def tell(tally: Tally, rows: Rows, seconds: float) -> None:
    """The summary: what came of the rows, why some were refused or left out, and how long answers took."""
    click.echo(f"{counts(tally)}, {rows.skipped.total()} left out.")
    for reason, count in tally.refused.most_common():
        click.echo(f"  refused {count}: {reason}")
    for line in rows.named:
        click.echo(f"  left out {line}")
    if rows.skipped.total() > len(rows.named):
        click.echo(f"  left out {rows.skipped.total() - len(rows.named)} more")
    if tally.milliseconds:
        half, most = percentile(tally.milliseconds, 0.5), percentile(tally.milliseconds, 0.99)
        pace = len(tally.milliseconds) / max(seconds, 0.001)
        click.echo(f"  answers took p50 {half:.0f} ms, p99 {most:.0f} ms; {pace:.1f} a second; {tally.retries} retries")


def percentile(values: list[float], share: float) -> float:
    """The value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def _blame(tally: Tally, rows: Rows) -> str:
    if tally.undelivered:
        return f"{_reports(tally.undelivered)} could not be delivered; replay the file again, nothing is filed twice"
    if tally.refused:
        reason = tally.refused.most_common(1)[0][0]
        return f"{_reports(tally.refused.total())} refused by the service: {reason}"
    return "no row could be sent: " + (rows.named[0] if rows.named else "the file has none")


def _reports(count: int) -> str:
    return "1 report" if count == 1 else f"{count} reports"
