"""What a reporter answered beside the free text, in the console's words: only what was answered, the worst first to the eye."""

from dataclasses import dataclass
from typing import Any

from reporting.dashboard.words import BEHAVIOUR
from reporting.domain.facts import Hot
from reporting.domain.hot import verdict

ANSWER = {"yes": "yes", "no": "no", "unknown": "not known"}
SIZE = {"small": "like a bag", "large": "large", "vehicle": "a car or van", "large_vehicle": "a lorry or bus"}
TRUST = {
    "": "Low trust",
    "network": "Low trust: many reports from this network",
    "device": "Low trust: many reports from this device",
    "repeat": "Low trust: repeats another report",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One answer. `weight` is `bad` for what raises concern, `unknown` for what nobody knows, else empty."""

    label: str
    answer: str
    weight: str = ""


def told(report: dict[str, Any]) -> list[Told]:
    """The report's answers in the order in which an operator wants them."""
    return [*_test(report["hot"]), *_present(report), *_owner(report), *_rest(report)]


def _test(hot: dict[str, Any]) -> list[Told]:
    """The unattended-item test as a whole: three answers belong together, so unknown ones are shown with the others."""
    if set(hot.values()) <= {"unknown"}:
        return []
    questions = (("hidden", "Hidden", "yes"), ("obvious", "Obviously suspicious", "yes"), ("typical", "Typical here", "no"))
    harmless = verdict(Hot(**hot)) == "lost_property"
    return [Told(label, ANSWER[hot[name]], _weight(hot[name], "" if harmless else bad)) for name, label, bad in questions]


def _present(report: dict[str, Any]) -> list[Told]:
    asked = (("happening_now", "Happening now", "yes"), ("still_there", "Still there", ""))
    return [Told(label, ANSWER[report[name]], _weight(report[name], bad)) for name, label, bad in asked if _known(report, name)]


def _owner(report: dict[str, Any]) -> list[Told]:
    asked = (("owner_looked_for", "Owner looked for"), ("owner_found", "Owner found"))
    return [Told(label, ANSWER[report[name]]) for name, label in asked if _known(report, name)]


def _rest(report: dict[str, Any]) -> list[Told]:
    found = [Told("Did", BEHAVIOUR.get(code, code)) for code in report["behaviours"] or ()]
    if report.get("item_size"):
        found.append(Told("Size", SIZE.get(report["item_size"], report["item_size"])))
    if report.get("moving_to"):
        found.append(Told("Moving", report["moving_to"]))
    if report.get("already_told"):
        found.append(Told("Told already", ", ".join(report["already_told"])))
    if report.get("about_staff"):
        found.append(Told("About", "a member of staff", "bad"))
    return found


def _known(report: dict[str, Any], name: str) -> bool:
    return report.get(name, "unknown") in ("yes", "no")


def _weight(answer: str, bad: str) -> str:
    if answer == "unknown":
        return "unknown"
    return "bad" if answer == bad else ""


def sender(report: dict[str, Any]) -> str:
    """Who sent it, where that matters: staff with their name, or a control room; the public has none."""
    if report.get("filer", "public") == "public":
        return ""
    kind = "Staff" if report["filer"] == "staff" else "Control room"
    return f"{kind}: {report['filer_name']}" if report.get("filer_name") else kind


def trust(report: dict[str, Any]) -> str:
    """Why a report is trusted less, or nothing."""
    if report["trust"] != "low":
        return ""
    return TRUST.get(report.get("trust_reason") or "", TRUST[""])
