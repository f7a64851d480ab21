"""What one assessment costs: a report of 500 characters, and the worst of texts that want to be expensive."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from benchmarks.figures import Figures, Plan, median, named
from benchmarks.system import Site
from reporting.domain.facts import ReportFacts
from worker.triage.assess import assess

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
REPORT = (
    "There is a man in the ticket hall of the station who has been walking up and down for about twenty minutes. He tried the"
    " staff door twice and looked at the camera. Nobody seems to know him. He left a black bag under the bench next to the"
    " kiosk and walked off towards the exit. There are no wires on it that I can see but it smells of petrol. People are"
    " waiting for the train and nobody from the staff is here. I thought it was a workman at first but he has no badge and he"
    " keeps coming back."
)[:500]
LONG = 100_000
NASTY = (
    "bomb ", "no wires, ", "thought it was ", '" bomb', "x1y2 ", "b\u0301o\u0301", "حقيبة ", "bomb", '("[“„«',
    "waving knife at man ", "\U0001f4a3\U0001f52b", "\u202eb\u202co", "if my cousin says ", f"{REPORT} ",
)  # fmt: skip


def measure(_site: Site, plan: Plan) -> Figures:
    """Processor milliseconds: the median for a report, the worst for a long text."""
    times = 200 if plan.quick else 2_000
    short = median([_milliseconds(partial(_assess, REPORT), times // 5) for _turn in range(5)])
    long = max(median([_milliseconds(partial(_assess, _filled(piece)), 1) for _turn in range(5)]) for piece in NASTY)
    return named("triage", {"ms_500": round(short, 3), "ms_100kb": round(long, 1)})


def _filled(piece: str) -> str:
    return (piece * (LONG // len(piece) + 1))[:LONG]


def _assess(text: str) -> None:
    assess(ReportFacts(id="r", category="other", received_at=NOW, description=text), NOW)


def _milliseconds(work: Callable[[], None], times: int) -> float:
    work()
    began = time.process_time()
    for _time in range(times):
        work()
    return (time.process_time() - began) / times * 1000
