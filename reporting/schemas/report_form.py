"""The report as an HTML form sends it: which questions are asked, and how its fields become a report's wire shape.

Every page with a report form uses it. A question that several categories share is asked once; an answer counts only when
its question belongs to the category that was chosen.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from werkzeug.datastructures import MultiDict

from reporting.domain.categories import BY_CODE, CATEGORIES, Question
from reporting.domain.errors import Problem

DANGER_ANSWERS: frozenset[tuple[str, str]] = frozenset(
    {
        ("happening_now", "yes"),
        ("hot.obvious", "yes"),
        ("behaviours", "had_weapon"),
        ("behaviours", "threatened"),
    }
)
"""(field, answer) after which a page shows the emergency call under the question."""

KEEP_AWAY_ANSWERS: frozenset[tuple[str, str]] = frozenset({("hot.hidden", "yes"), ("hot.obvious", "yes"), ("hot.typical", "no")})
"""(field, answer) after which a page repeats "move away" and offers no camera (domain.hot.needs_safety_advice)."""

QUICK_FIELDS = ("hot.hidden", "hot.obvious", "hot.typical", "behaviours", "why_unusual", "happening_now")
"""Asked of everybody; other questions wait behind "more questions" on the public page."""

MOST_MINUTES_AGO = 44_640
"""A month: older is not kept as a time (services.filing)."""

TEXTS = ("description", "why_unusual", "place", "venue", "moving_to")
CONTACT = ("name", "email", "phone")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question on a form and the categories it belongs to."""

    question: Question
    categories: tuple[str, ...]

    @property
    def name(self) -> str:
        """The form field; two categories may ask the same thing in other words."""
        return f"{self.categories[0]}.{self.question.code}"

    @property
    def target(self) -> str:
        """The id of its group of answers in the page."""
        return self.name.replace(".", "-")

    @property
    def quick(self) -> bool:
        return self.question.field in QUICK_FIELDS

    @property
    def tapped(self) -> bool:
        """Whether it is answered by tapping alone."""
        return self.question.kind in ("one", "many")

    @property
    def order(self) -> str:
        """Its place among the questions of each category: "drone:2 threat:0"."""
        return " ".join(f"{code}:{BY_CODE[code].questions.index(self.question)}" for code in self.categories)

    @property
    def after_answers(self) -> str:
        """Answers of the question before it after which this one is asked, with spaces; `*` for any."""
        return " ".join(self.question.after.answers or ("*",)) if self.question.after else ""

    @property
    def dangerous(self) -> bool:
        """Whether some answer says that somebody may be in danger."""
        return any(self.danger(answer.code) for answer in self.question.answers)

    def danger(self, answer: str) -> bool:
        """Whether this answer says that somebody may be in danger."""
        return (self.question.field, answer) in DANGER_ANSWERS

    def keeps_away(self, answer: str) -> bool:
        """Whether this answer is a reason to keep away from the thing."""
        return (self.question.field, answer) in KEEP_AWAY_ANSWERS


def _asked() -> Iterator[Asked]:
    owners: dict[Question, list[str]] = {}
    for category in CATEGORIES:
        for question in category.questions:
            owners.setdefault(question, []).append(category.code)
    for question, codes in owners.items():
        yield Asked(question, tuple(codes))


ASKED: tuple[Asked, ...] = tuple(_asked())


def report_from_form(form: MultiDict[str, str], language: str, now: datetime | None = None) -> dict[str, Any]:
    """The JSON a phone would have sent for the same answers; empty fields are left out. `now` is when it was sent, aware: with
    it "half an hour ago" becomes a moment."""
    category = form.get("category", "")
    report: dict[str, Any] = {"category": category, "language": language}
    report |= {name: form[name].strip() for name in TEXTS if form.get(name, "").strip()}
    contact = {part: form[f"contact.{part}"].strip() for part in CONTACT if form.get(f"contact.{part}", "").strip()}
    if contact:
        report["contact"] = contact
    if form.get("about_staff"):
        report["about_staff"] = True
    for asked in ASKED:
        if category in asked.categories:
            _put(report, asked.question, [value for each in form.getlist(asked.name) if (value := each.strip())], now)
    return report


def _put(report: dict[str, Any], question: Question, answers: list[str], now: datetime | None) -> None:
    """Sets the answer where the question's dotted field says; no answer leaves it out."""
    if not answers:
        return
    if question.kind == "text":
        report[question.field] = "\n".join(filter(None, (report.get(question.field), answers[0])))
        return
    if question.kind == "ago":
        if now and answers[0].isdecimal():
            report[question.field] = (now - timedelta(minutes=min(int(answers[0][:9]), MOST_MINUTES_AGO))).isoformat()
        return
    *outer, last = question.field.split(".")
    inside = report
    for part in outer:
        inside = inside.setdefault(part, {})
    inside[last] = answers if question.kind == "many" else answers[0]


@dataclass(frozen=True, slots=True)
class FormProblem:
    """One line of the error summary: the element to go to (empty: nowhere) and a sentence."""

    target: str
    message: str


def form_problems(problems: tuple[Problem, ...], category: str) -> list[FormProblem]:
    """Problems of a report's fields as lines that lead to the form's elements."""
    return [FormProblem(_target(problem.field, category), problem.message) for problem in problems]


def flattened(messages: Mapping[Any, Any] | Sequence[Any], path: str = "") -> list[Problem]:
    """A validation error's nested messages as one Problem for each field, in dotted names."""
    if not isinstance(messages, Mapping):
        return [Problem(path, "invalid", str(messages[0]))] if messages else []
    found: list[Problem] = []
    for key, inner in messages.items():
        found += flattened(inner, path if key == "_schema" else f"{path}.{key}".strip("."))
    return found


def _target(field: str, category: str) -> str:
    if field == "description":
        return field
    for asked in ASKED:
        if category in asked.categories and field.startswith(asked.question.field):
            return asked.target
    if field in (*TEXTS, *(f"contact.{part}" for part in CONTACT)):
        return field.replace(".", "-")
    return {"category": "what", "location": "place"}.get(field, "")
