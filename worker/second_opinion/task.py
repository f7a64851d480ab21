"""Asks the configured plug-in about reports that triage has assessed and it has not seen. Only ever adds rows of its own.

It is no step of the line: nothing waits for it, no step reads what it writes, and it may fail in any way without a trace
elsewhere. A turn is bounded, so that the process which runs it gives signs of life between two turns.
"""

import time
import uuid
from collections import Counter
from typing import Final

import structlog

from reporting.bootstrap import adapters
from reporting.domain.facts import ReportFacts
from reporting.queries import facts
from reporting.queries.second_opinions import without_opinion
from reporting.services.second_opinions import Said, keep_opinion
from reporting.services.unit_of_work import unit_of_work
from worker.second_opinion.answer import Opinion
from worker.second_opinion.documents import told
from worker.second_opinion.plug_in import PlugIn

A_TURN: Final = 20
"""Reports that are asked about in one turn, the newest first."""
TURN_SECONDS: Final = 12.0
"""How long a turn lasts at most, loading the plug-in included."""

log = structlog.get_logger()


def take_second_opinions() -> int:
    """One turn; returns how many reports were asked about. Does nothing where no plug-in is set."""
    settings = adapters().settings
    if not settings.second_opinion:
        return 0
    with unit_of_work() as work:
        reports = facts.reports(work.session, without_opinion(work.session, settings.second_opinion, A_TURN))
    if not reports:
        return 0
    states = _asked(settings.second_opinion, settings.second_opinion_seconds, reports)
    for state, count in states.items():
        log.info("second_opinion.taken", name=state, count=count)
    return sum(states.values())


def _asked(name: str, seconds: float, reports: list[ReportFacts]) -> Counter[str]:
    states: Counter[str] = Counter()
    deadline = time.monotonic() + TURN_SECONDS
    with PlugIn(name, seconds) as plug_in:
        fault = plug_in.fault_in_loading(deadline)
        if fault:
            return _kept(name, reports[-1], Opinion(fault), states)
        for report in reversed(reports):
            if not plug_in.is_running or time.monotonic() > deadline:
                break
            _kept(name, report, plug_in.ask(told(report), deadline), states)
    return states


def _kept(name: str, report: ReportFacts, opinion: Opinion, states: Counter[str]) -> Counter[str]:
    said = Said(name, opinion.state, opinion.priority, opinion.sentence, opinion.took_ms)
    keep_opinion(uuid.UUID(report.id), said)
    states[opinion.state] += 1
    return states
