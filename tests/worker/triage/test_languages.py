"""Which lists a text is read with, and that a language without a list is never taken for silence."""

import pytest

from tests.worker.made import assessed, rules_of
from worker.triage.reading import read


def codes(text: str, declared: str | None = None) -> list[str]:
    return [layer.lexicon.code for layer in read(text, declared).layers]


def test_the_declared_language_is_a_hint() -> None:
    assert codes("de trein staat stil en er ligt een tas op het perron", "en") == ["nl"]
    assert codes("bomb threat", "en")[0] == "en"


@pytest.mark.parametrize(
    ("text", "both"),
    [
        ("Hello, please send somebody to the station. Il y a une bombe dans la gare et les gens crient.", {"en", "fr"}),
        ("Der Rucksack steht unter der Bank. Lo zaino è da solo e non c'è nessuno.", {"de", "it"}),
        ("في شنطة عند الباب من الصبح. There is a bag at the door and I think it has wires.", {"ar", "en"}),
    ],
)
def test_a_text_in_two_languages_is_read_in_both(text: str, both: set[str]) -> None:
    assert both <= set(codes(text))


def test_what_belongs_together_may_be_told_in_two_languages() -> None:
    rules = rules_of(assessed("Hallo, da liegt ein Rucksack. Il n'y a personne autour et ça sent l'essence.", language=None))
    assert {"item.unattended", "item.smell"} <= rules


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Musta reppu penkin alla, ketään ei ole näkynyt pitkään aikaan", "Finnish"),
        ("Det står en svart väska under bänken och ingen är där", "Swedish"),
        ("Çanta bankın altında duruyor ve kimse yok", "Turkish"),
        ("Fekete táska van a pad alatt és nincs ott senki", "Hungarian"),
        ("Под скамейкой лежит черная сумка, рядом никого нет", "Russian"),
        ("长椅下面有一个黑色的包 没有人 在 旁边", "Chinese"),
    ],
)
def test_a_language_without_a_list_is_named_and_left_to_a_person(text: str, name: str) -> None:
    found = assessed(text, language="en")
    (said,) = [finding for finding in found.findings if finding.rule == "language.unread"]
    assert said.reason == f"No word list for this language ({name}): read it yourself."
    assert found.priority <= 3
    assert found.lane == "queue"


def test_a_sentence_nobody_reads_in_a_text_that_is_read_is_told() -> None:
    text = "Hello, there is a bag at the station. Reppu on ollut penkin alla aamusta asti eikä kukaan hae sitä."
    assert "language.unread" in rules_of(assessed(text))


@pytest.mark.parametrize("text", ["", "????", "ok", "Gleis 7", "12:30 15 16 17", "A100 B200"])
def test_little_text_is_no_unknown_language(text: str) -> None:
    assert "language.unread" not in rules_of(assessed(text, language=None))


def test_greek_is_read_in_latin_letters() -> None:
    assert "el" in codes("vrika mia tsanta kato apo to pagkaki kai den einai kaneis edo")


def test_words_in_another_language_come_with_their_english() -> None:
    found = assessed("Czarny plecak leży pod ławką bez opieki i wystają kable", language="pl")
    glossed = {word: english for finding in found.findings for word, english in finding.glossed.items()}
    assert glossed["kable"] == "wires"
    assert all(set(finding.glossed) <= set(finding.matched) for finding in found.findings)
    assert not any(finding.glossed for finding in assessed("A bag with wires and nobody near it").findings)
