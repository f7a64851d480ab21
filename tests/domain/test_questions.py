"""Question cards ask for nothing dangerous, and free words that do are warned of."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from reporting.domain.conversation import Reply, Spoken, open_questions, require_answer
from reporting.domain.errors import Refused
from reporting.domain.languages import BY_CODE as LANGUAGES
from reporting.domain.questions import BY_CODE, CARDS, card_of
from reporting.domain.safe_asking import DEEDS, unsafe_requests, warning

ALL_WORDS = [(card.code, words) for card in CARDS for words in (card.text, card.help, *(each.label for each in card.answers))]


@pytest.mark.parametrize(("code", "words"), ALL_WORDS)
def test_no_card_asks_to_go_back_follow_wait_touch_photograph_or_film(code: str, words: str) -> None:
    assert unsafe_requests(words) == ()
    assert all(len(sentence.split()) < 15 for sentence in words.split("."))


def test_every_card_can_be_passed_over_or_refused_and_its_codes_are_its_own() -> None:
    assert len(BY_CODE) == len(CARDS)
    for card in CARDS:
        codes = [choice.code for choice in card.answers]
        assert {"unknown", "no"} & set(codes) and len(codes) == len(set(codes))
        assert set(card.dangers) <= set(codes)
        assert all(
            danger.priority in (1, 2) and danger.reason.endswith("One unverified source.") for danger in card.dangers.values()
        )


@pytest.mark.parametrize(
    ("language", "words", "deed"),
    [
        ("en", "Can you go back and check?", "back"),
        ("en", "Please keep an eye on him.", "follow"),
        ("en", "Stay there until we come", "wait"),
        ("en", "Could you open the bag?", "touch"),
        ("en", "Send us another clear photo", "photo"),
        ("en", "Try to record it", "film"),
        ("de", "Bitte machen Sie ein Foto davon", "photo"),
        ("fr", "Pouvez-vous le suivre ?", "follow"),
        ("es", "Espere allí, por favor", "wait"),
        ("it", "Può filmare la scena?", "film"),
        ("nl", "Kunt u teruggaan?", "back"),
        ("pl", "Proszę poczekać", "wait"),
        ("pt", "Pode voltar ao local?", "back"),
        ("ro", "Rămâneți acolo", "wait"),
        ("el", "Μπορείτε να τον ακολουθήσετε;", "follow"),
        ("ar", "هل يمكنك أن تنتظر هناك؟ انتظر", "wait"),
    ],
)
def test_words_that_ask_for_it_are_warned_of(language: str, words: str, deed: str) -> None:
    assert DEEDS[deed] in unsafe_requests(words, language)
    assert language in LANGUAGES


@pytest.mark.parametrize(
    "words",
    [
        "Do not go back. What colour was it?",
        "Never touch it, please",
        "Did he follow anybody?",
        "Was anybody taking photos?",
        "What did the van look like?",
        "Thank you. Staff are on their way.",
        "Nobody needs to wait",
        "",
    ],
)
def test_what_forbids_or_asks_about_the_past_is_left_alone(words: str) -> None:
    assert [each for each in unsafe_requests(words) if "wait" not in each] == []


def test_the_warning_says_the_rule() -> None:
    assert warning(("take a photo",)).endswith("Never ask anybody to go back, follow, wait, touch, photograph or film.")


def test_a_question_in_words_is_answered_in_words_or_by_not_knowing() -> None:
    card = card_of(None)
    require_answer(card, Reply(text="Blue"))
    require_answer(card, Reply(answer="unknown"))
    for reply in (Reply(), Reply(answer="yes")):
        with pytest.raises(Refused):
            require_answer(card, reply)


def test_a_conversation_that_was_withdrawn_has_no_open_question() -> None:
    at, key = datetime(2026, 11, 22, tzinfo=UTC), uuid4()
    assert open_questions([Spoken(key, "question")], at) == [key]
    assert open_questions([Spoken(key, "question", expires_at=at)], at) == []
    assert open_questions([Spoken(key, "question"), Spoken(uuid4(), "withdrawal")], at) == []
