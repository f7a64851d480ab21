"""Which words of the domain's tables people read on a page: gathered for the catalogues, looked up where they are shown."""

from collections.abc import Iterable, Iterator

from reporting.domain import questions
from reporting.domain.behaviours import BEHAVIOURS, PLAIN_CHOICES
from reporting.domain.categories import CATEGORIES, Choice
from reporting.domain.deliveries import NOT_ME, ONCE, STOP, SUBJECT, TEMPLATES, WHY
from reporting.domain.errors import NoRoom, SignInsCrowded, StoreAway, TooManyGuesses, TooManySignIns
from reporting.domain.exercise import FILE, cases
from reporting.domain.outcomes import OUTCOMES

Spoken = tuple[str, str]
"""The file a text stands in, and the text."""


def spoken() -> Iterator[Spoken]:
    """Every text once for each place it stands in, in the order of the tables; empty ones are left out."""
    for name, texts in (
        ("categories.py", _categories()),
        ("behaviours.py", _behaviours()),
        ("questions.py", _cards()),
        ("outcomes.py", (outcome.sentence for outcome in OUTCOMES.values())),
        ("deliveries.py", _letters()),
        ("errors.py", _refusals()),
        (FILE.name, _made_cases()),
    ):
        for text in dict.fromkeys(filter(None, texts)):
            yield f"reporting/domain/{name}", text


def _categories() -> Iterator[str]:
    for category in CATEGORIES:
        yield from (category.label, category.help)
        for question in category.questions:
            yield from (question.text, question.help, *_labels(question.answers))


def _behaviours() -> Iterator[str]:
    yield from (choice.label for choice in PLAIN_CHOICES)
    yield from (behaviour.meaning for behaviour in BEHAVIOURS)


def _cards() -> Iterator[str]:
    for card in questions.CARDS:
        yield from (card.text, card.help, *_labels(card.answers))


def _letters() -> Iterator[str]:
    for letter in TEMPLATES.values():
        yield from (letter.text, letter.short, letter.sms)
    yield from (SUBJECT, WHY, STOP, ONCE, NOT_ME)


def _refusals() -> Iterator[str]:
    for refusal in (TooManyGuesses(1), TooManySignIns(1), SignInsCrowded(), NoRoom(), StoreAway()):
        yield refusal.message


def _made_cases() -> Iterator[str]:
    for case in cases().values():
        yield from (case.text, case.why)


def _labels(answers: Iterable[Choice]) -> Iterator[str]:
    return (answer.label for answer in answers)
