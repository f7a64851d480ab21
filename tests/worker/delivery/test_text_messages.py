"""What a text message costs, in every language: one message, with the link that opens its page and stops it."""

import pytest

from reporting.config import Settings
from reporting.domain.deliveries import TEMPLATES
from reporting.domain.languages import BY_CODE
from tests.conftest import KEY
from worker.delivery.text_messages import fitted, is_basic, parts
from worker.delivery.words import words_of

LINK = "https://reports.town-one.org/s/ABCDEFGHIJ"
OTHER_ALPHABET = ("ar", "el")
DESK = "Desk 2"


@pytest.mark.parametrize("template", [name for name in TEMPLATES if name != "unanswered"])
@pytest.mark.parametrize("language", sorted(BY_CODE))
def test_every_text_message_is_one_message(language: str, template: str) -> None:
    words = words_of(template, language, Settings(master_key=KEY)).sms
    said = fitted(f"{words} {LINK}")
    assert said.endswith(f" {LINK}")
    assert is_basic(said) is (language not in OTHER_ALPHABET), said
    assert parts(said) == 1, f"{len(said)} characters: {said}"
    assert language == "en" or words != TEMPLATES[template].sms, "it is said in the language"


@pytest.mark.parametrize("language", sorted(BY_CODE))
def test_the_one_with_a_name_costs_two_at_most_and_one_in_the_alphabet_of_phones(language: str) -> None:
    words = words_of("unanswered", language, Settings(master_key=KEY), DESK)
    assert DESK in words.sms and DESK in words.text and DESK in words.short
    assert parts(fitted(f"{words.sms} {LINK}")) <= (2 if language in OTHER_ALPHABET else 1)


def test_a_name_of_percent_signs_does_no_harm() -> None:
    assert "100 %(x)s" in words_of("unanswered", "en", Settings(master_key=KEY), "100 %(x)s").sms


def test_marks_are_left_out_only_where_that_saves_the_alphabet() -> None:
    assert fitted("Déjà là, où ? Größe") == "Déjà là, où ? Größe", "these marks the phones know"
    assert fitted("Êtes-vous là, ça va ?") == "Etes-vous là, ca va ?"
    assert fitted("Zgłoszenie ąćęłńóśźż ĄŁ") == "Zgloszenie acelnoszz AL"
    assert fitted("Să vă anunțăm l’oră") == "Sa va anuntam l'ora"
    assert fitted("Νέα απάντηση για ę") == "Νέα απάντηση για ę", "what needs the other alphabet anyway stays as it is"
    assert fitted("😀 łódź") == "😀 łódź"


def test_parts_are_counted_as_phones_do() -> None:
    assert [parts("a" * length) for length in (1, 160, 161, 306, 307)] == [1, 1, 2, 2, 3]
    assert [parts("ł" * length) for length in (70, 71, 134, 135)] == [1, 2, 2, 3]
    assert parts("€" * 80) == 1 and parts("€" * 81) == 2, "an escape costs two"
    assert parts("😀" * 35) == 1 and parts("😀" * 36) == 2
