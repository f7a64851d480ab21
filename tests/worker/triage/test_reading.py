"""Reading: whole words, their forms, and what the sentence around a cue does to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.triage.reading import Reading, cut, read
from worker.triage.sieve import LONGEST
from worker.triage.surroundings import GRAMMAR
from worker.triage.words import compile_lexicon, composed, fold, lexicons, plural_forms, verb_forms


def standing(text: str, concept: str, language: str | None = "en") -> list[str]:
    return [cue.words for cue in read(text, language).standing(concept)]


def test_words_are_whole() -> None:
    assert standing("He has a gun", "firearm") == ["gun"]
    assert standing("The gunnery museum began early", "firearm") == []


def test_forms_of_a_word_are_known() -> None:
    assert plural_forms("battery") == {"battery", "batteries"}
    assert {"stab", "stabs", "stabbed", "stabbing"} <= verb_forms("stab")
    assert {"take", "takes", "taking"} <= verb_forms("take")
    assert "carried" in verb_forms("carry")


def test_accents_case_and_invisible_letters_do_not_hide_a_word() -> None:
    assert fold("Drähte") == "drahte"
    assert composed("BO\u200bMB\u00ad, cafe\u0301") == "BOMB, café"
    assert fold("ŁÓDŹ") == "lodz"
    assert standing("A B\u200bOMB", "explosive") != []


@pytest.mark.parametrize(
    "text",
    [
        "There are no wires on the bag",
        "The bag has no wires, tape or batteries",
        "I did not see any wires",
        "A bag without wires",
        "There weren't any wires",
    ],
)
def test_negation_reaches_the_cue(text: str) -> None:
    assert standing(text, "wires") == []


@pytest.mark.parametrize(
    "text",
    [
        "No, there are wires on it",
        "Not typical here, wires visible",
        "No owner, wires hanging out of the bag",
        "I am not sure, but there are wires",
        "There is no smell but there are wires",
        "No idea whose bag with wires",
        "No tape, just wires",
        "Nobody inside and wires on the seat",
    ],
)
def test_negation_ends_where_its_clause_ends(text: str) -> None:
    assert standing(text, "wires") != []


def test_what_is_taken_back_does_not_stand() -> None:
    assert standing("I thought it was a bomb but it is a lunch box", "explosive") == []
    assert standing("I thought it was a lunch box but it is a bomb", "explosive") == ["bomb"]
    assert standing("I thought it was a bomb", "explosive") == ["bomb"]


def test_quoted_things_do_not_stand_but_quoted_threats_do() -> None:
    assert standing('The shop is called "Bomb" and sells shoes', "explosive") == []
    assert standing('He shouted "I will kill you" at the driver', "threat_to_life") != []
    assert standing('"There is a bomb in the hall, please come"', "explosive") == ["bomb"], "all of it quoted is not a quotation"
    assert standing('There is a "bomb in the hall', "explosive") == ["bomb"], "an open quotation mark hides nothing"


def test_a_harmless_phrase_lends_no_word() -> None:
    assert standing("The fire hydrant leaks", "fire") == []
    assert standing("against the building, fire hazard", "fire") == []
    assert standing("A fire in the building", "fire") != []


def test_near_counts_words_between() -> None:
    reading = read("A box by the door. It is very quiet and nobody knows why but later we heard that it was ticking.", "en")
    assert reading.near("ticking", "item_noun", 4) == []
    assert reading.near("ticking", "item_noun", 40) != []


def test_words_about_identity_stand_in_no_match_and_no_distance() -> None:
    plain = read("a man with a knife near the school", "en")
    named = read("a Middle Eastern man with a black knife near the Jewish school", "en")
    assert _shape(plain) == _shape(named)
    assert set(named.identity) == {"middle", "eastern", "jewish"}


def test_a_colour_is_about_identity_only_beside_a_person() -> None:
    assert read("a white van and a black bag", "en").identity == ()
    assert read("a young black man in a white van", "en").identity == ("black",)
    assert read("un homme noir avec un sac noir", "fr").identity == ("noir",)


def test_words_taken_out_of_a_text_are_taken_out_of_patterns_too() -> None:
    assert standing("The owner is missing: his bag was left behind", "unattended") != []
    assert standing("there is the bomb", "bomb_claim") != []


def _shape(reading: Reading) -> list[tuple[str, int, int]]:
    return [(cue.concept, cue.start, cue.end) for layer in reading.layers for cues in layer.cues.values() for cue in cues]


def test_languages_are_guessed_from_small_words() -> None:
    assert [layer.lexicon.code for layer in read("there is a bag on the platform and it is not mine").layers] == ["en"]
    declared = "en"
    assert [layer.lexicon.code for layer in read("il y a un sac dans la gare et je ne sais pas", declared).layers] == ["fr"]


def test_every_lexicon_compiles_and_knows_the_same_concepts() -> None:
    english = lexicons()["en"]
    assert set(lexicons()) >= {"en", "fr", "nl", "de", "es", "it", "pt", "pl", "ro", "el", "ar"}
    known = _concepts(english.root)
    for code, lexicon in lexicons().items():
        assert _concepts(lexicon.root) <= known | GRAMMAR, f"{code} names a concept that no rule asks for"


def _concepts(node: object) -> set[str]:
    found = set(node.concepts)  # type: ignore[attr-defined]
    for child in node.steps.values():  # type: ignore[attr-defined]
        found |= _concepts(child)
    return found


def test_a_pattern_with_an_unknown_group_is_refused() -> None:
    data = {"code": "xx", "grammar": {"function_words": ""}, "mask": {"phrases": []}, "cues": {"fire": ["<nothing>"]}}
    with pytest.raises(KeyError):
        compile_lexicon({**data, "groups": {"person": "one"}})


@given(st.text(max_size=400))
def test_no_text_is_too_strange_to_read(text: str) -> None:
    reading = read(text)
    assert len(reading.words.folded) == len(reading.words.sentence) == len(reading.words.quoted)


PIECES = ["no ", "no wires, ", "thought it was ", '" bomb', "if ", "bomb ", "a.", "x1y2 ", "حقيبة ", "\u0301"]


@pytest.mark.parametrize("piece", PIECES)
def test_of_a_hundred_thousand_characters_a_bounded_part_is_read(piece: str) -> None:
    text = (piece * (100_000 // len(piece) + 1))[:100_000]
    assert len(read(text).words.folded) <= LONGEST
    assert len(cut(text[:LONGEST]).folded) >= len(text[:LONGEST].split()) - 1 or piece == "\u0301"


@pytest.mark.parametrize("place", [0, 30_000, 50_000, 99_000])
def test_a_word_of_danger_is_found_wherever_it_stands_in_a_text_of_any_length(place: int) -> None:
    filling = "The tram was late and the machine took my coins again. " * 2_000
    text = filling[:place] + " Shots fired at the station. " + filling[place:100_000]
    assert standing(text, "gunfire") == ["Shots fired"]


DISGUISED = [
    ("there is a booooomb in the hall", "bomb_claim"),
    ("b0mb in the station", "bomb_claim"),
    ("#ShotsFired at the mall", "gunfire"),
    ("thereisabombinthestation", "bomb_claim"),
    ("he has a 🔫 in his bag", "firearm"),
    ("SHOTS FIRED!!! HELP", "gunfire"),
    ("ｓｈｏｔｓ ｆｉｒｅｄ", "gunfire"),
    ("𝐛𝐨𝐦𝐛 in the hall", "bomb_claim"),
    ("b\u0301\u0302o\u0300m\u0303b\u0304 in the hall", "bomb_claim"),
    ("bo\u200bmb in the hall", "bomb_claim"),
    ("\u202ebo\u202cmb in the hall", "bomb_claim"),
    ("bо\u043cb".replace("\u043c", "m") + " in the hall", "bomb_claim"),
    ("b.o.m.b in the hall", "bomb_claim"),
    ("there was an explosoin", "explosion"),
    ("somone is shootign at people", "gunfire"),
]


@pytest.mark.parametrize(("text", "concept"), DISGUISED)
def test_a_word_is_known_however_it_is_written(text: str, concept: str) -> None:
    assert standing(text, concept, None) != []


INNOCENT = [
    ("The bombastic speaker and the bombard", "explosive"),
    ("Gunter and the gunwale of the ship", "firearm"),
    ("A gunmetal grey Skoda", "firearm"),
    ("Sharpshooters cafe is loud", "gunfire"),
    ("Knifeless kitchen", "blade"),
    ("They are cooking with garlic", "life"),
    ("Room 80MB of data used", "explosive"),
    ("It is starting at noon", "surveil"),
    ("Flat 3xp1, house b0", "explosive"),
    ("Hakaniementorinkulmapysakki", "bomb_claim"),
]


@pytest.mark.parametrize(("text", "concept"), INNOCENT)
def test_no_word_is_found_inside_another(text: str, concept: str) -> None:
    assert standing(text, concept) == []
