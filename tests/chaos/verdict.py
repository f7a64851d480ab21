"""The verdict after a storm, by what the system says over HTTP: nothing lost, doubled or undone, every receipt opens."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.chaos.clients import Ledger, Wire
from tests.chaos.ground import eventually
from tests.chaos.harness import System

DONE_SECONDS = 60.0
"""The promise: a minute after the last report was accepted, none waits any more."""
OPERATORS = ("aino", "carl", "dora")
"""One operator for each organisation; together they see every incident there is."""
TOLD = {"received", "being_looked_at", "question_for_you", "closed"}
LETTERS = re.compile(r'^reporting_outbox\{dead="(?P<dead>\w+)",job="\w+"\} (?P<count>[\d.]+)$', re.MULTILINE)


@dataclass(frozen=True)
class Letters:
    """Steps that still wait, and those that were given up."""

    waiting: int
    dead: int


def letters(system: System) -> Letters:
    """What /metrics says of the outbox."""
    answer = system.patient("GET", "/metrics")
    assert answer.status == 200, answer.body
    counts: Counter[str] = Counter()
    for found in LETTERS.finditer(answer.body.decode()):
        counts[found["dead"]] += int(float(found["count"]))
    return Letters(counts["false"], counts["true"])


def wait_until_quiet(system: System, seconds: float = DONE_SECONDS) -> float:
    """Until no step waits any more and the system calls itself ready; seconds until the former."""
    took = eventually("nothing waits in the outbox", lambda: letters(system).waiting == 0, seconds, system.tail)
    eventually("the system is ready", system.is_ready, seconds, system.tail)
    return took


def incidents(system: System) -> list[dict[str, Any]]:
    """Every open incident in full, as the operators see it; without the reports on top that are on none yet."""
    found = []
    for name in OPERATORS:
        headers, cursor = system.signed(name), ""
        while True:
            page = system.patient("GET", f"/api/v1/incidents?status=open&limit=200{cursor}", headers=headers).json()
            ids = [each["id"] for each in page["items"] if each["triaged"]]
            found += [system.patient("GET", f"/api/v1/incidents/{key}", headers=headers).json() for key in ids]
            if not page["next"]:
                break
            cursor = f"&cursor={page['next']}"
    return found


def judge(system: System, ledger: Ledger) -> None:
    """The whole verdict on a crowd's reports, and on all that were ever filed in this system."""
    unaccepted = [entry for entry in ledger.entries if entry.accepted is None]
    assert not unaccepted, f"{len(unaccepted)} never accepted: {unaccepted[:3]}"
    assert same_answers(ledger) == [], "a retry got another answer"
    wait_until_quiet(system)
    assert letters(system).dead == 0
    judge_incidents(system)
    assert unopened(system, ledger) == [], "a receipt does not open its report"


def judge_incidents(system: System) -> None:
    """Each accepted report stands on exactly one incident, and the counts add up."""
    found = incidents(system)
    held = Counter(report["id"] for incident in found for report in incident["reports"])
    accepted = {report for ledger in system.ledgers for report in ledger.report_ids}
    lost = accepted - set(held)
    doubled = [report for report, count in held.items() if count > 1]
    assert (len(lost), len(doubled)) == (0, 0), f"lost {sorted(lost)[:5]}, doubled {doubled[:5]}"
    assert set(held) == accepted, "a report that nobody was told of"
    assert sum(incident["report_count"] for incident in found) == len(accepted)
    assert all(incident["triaged"] and incident["assignment"] for incident in found)
    for incident in found:
        kinds = Counter(event["kind"] for event in incident["timeline"])
        assert (kinds["opened"], kinds["routed"], kinds["joined"]) == (1, 1, incident["report_count"] - 1), kinds


def same_answers(ledger: Ledger) -> list[str]:
    """Keys whose accepting answers differ."""
    told = {entry.key: {answer.body for answer in entry.answers if answer.status in (200, 201)} for entry in ledger.entries}
    return [key for key, bodies in told.items() if len(bodies) != 1]


def unopened(system: System, ledger: Ledger) -> list[str]:
    """References whose receipt code does not open them."""
    closed = []
    with Wire(system.port) as wire:
        for entry in ledger.entries:
            answer = wire.ask("POST", "/api/v1/follow-up", {"receipt_code": entry.receipt_code})
            told = answer.json()
            if answer.status != 200 or told["reference"] != entry.reference or told["status"] not in TOLD:
                closed.append(entry.reference)
    return closed


def seconds_to_routed(system: System, ledger: Ledger) -> list[float]:
    """For each report of the ledger, seconds from its receipt until it stood on an incident that had its organisation."""
    eventually("nothing waits in the outbox", lambda: letters(system).waiting == 0, DONE_SECONDS, system.tail)
    own, waited = ledger.report_ids, []
    for incident in incidents(system):
        at = {event["detail"].get("report_id"): moment(event["at"]) for event in incident["timeline"] if event["detail"]}
        routed = next(moment(event["at"]) for event in incident["timeline"] if event["kind"] == "routed")
        for report in incident["reports"]:
            if report["id"] in own:
                waited.append((max(at[report["id"]], routed) - moment(report["received_at"])).total_seconds())
    assert len(waited) == len(own), "a report is on no incident"
    return waited


def moment(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp)
