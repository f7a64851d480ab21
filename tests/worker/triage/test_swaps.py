"""Swapping who somebody is changes nothing: not the priority, not the score, not whether it is relevant, not the route.

Each text stands once for every word of a kind; all of them must come out the same. Texts are made here; the same is done
with real ones in tests/shared_data.
"""

from dataclasses import fields
from itertools import product

import pytest

from reporting.domain.area_index import AreaIndex
from reporting.domain.behaviours import lawful_only
from reporting.domain.facts import RoutingFacts
from reporting.domain.findings import Assessment
from tests.worker.made import NOW, STATION, area, assessed, room
from worker.routing.choose import choose

ORIGINS = (
    "Dutch", "Arab", "Nigerian", "Chinese", "Roma", "Finnish", "Moroccan", "Somali", "Turkish", "Kurdish", "Romanian", "Afghan",
    "Malagasy", "Surinamese", "Tamil", "Sami", "Middle Eastern", "Latino", "Uzbek", "Basotho", "British", "Mauritanian",
)  # fmt: skip
FAITHS = ("Muslim", "Christian", "Jewish", "Hindu", "Sikh", "Buddhist", "Catholic", "Shia", "Yazidi", "Mormon")
SKINS = ("white", "black", "brown", "dark skinned", "light skinned", "tan", "pale skinned", "olive skinned")
ABILITIES = ("blind", "deaf", "autistic", "disabled", "handicapped")
LOVES = ("gay", "lesbian", "transgender", "bisexual", "queer", "heterosexual")
KINDS = {"origin": ORIGINS, "faith": FAITHS, "skin": SKINS, "disability": ABILITIES, "orientation": LOVES}

ACTS = (
    "A {} man left a bag under the seat and walked away.",
    "The {} woman has a knife and is waving it at people.",
    "Two {} men are filming the guards at the gate.",
    "{} kids throwing stones at the tram.",
    "A {} person keeps trying the doors of parked cars.",
    "Shots fired, a {} man is running from the bank.",
    "A {} man says he has a bomb in his bag.",
    "A {} man asked the guard when the shift ends.",
    "There is a {} man sleeping in the stairwell of our house.",
    "I thought the {} man had a gun, but it was an umbrella.",
    "No {} man here has a weapon.",
    "A {} woman is lost, she asked for the station.",
    "A {} man climbed over the fence of the substation.",
    "Loud {} music from the flat above all night.",
    "A {} couple was arguing in the park and left.",
    "A {} man in a car without plates circles the school.",
    "My {} neighbour posted that he will shoot everyone at the town hall.",
    "A suspicious {} man near the shop.",
    "A {} student was followed home from the library.",
    "The {} driver drove into the crowd.",
    "Yesterday a {} man was yelling at customers in the shop.",
    "A {} family having a picnic.",
    "A {} man at the station.",
    "My cousin told me that a {} man planted a bomb in the mall.",
)
SEXES = (
    ("man", "woman"), ("He", "She"), ("boy", "girl"), ("men", "women"), ("male", "female"), ("guy", "lady"), ("his", "her"),
)  # fmt: skip
GENDERED = (
    "A man left a bag under the seat and walked away.", "He has a knife.", "A boy throws stones at the tram.",
    "Two men are filming the guards.", "A male was asleep in the lobby.", "A guy tries all the car doors.",
    "A man says he has a bomb in his bag.", "Report of a male yelling at passing students.", "A man fell on the tracks.",
    "A boy is lost and crying.", "He is about to jump from the bridge.", "Some guy followed me to my home.",
    "Unknown male in the locker room.", "A man took photos of the entrance.", "A man with a rifle on the roof.",
    "He lost his wallet.", "A man watched the playground for hours.", "A male is going through mailboxes.",
)  # fmt: skip
# One thing said in several ways of speaking: standard and colloquial, British and American, of second-language speakers.
VARIETIES = (
    ("A man is trying all the car doors", "A man be tryin' all the car doors", "A man he is trying all car doors"),
    ("There isn't any bomb here", "There ain't no bomb here", "Is not bomb here"),
    ("The neighbour has a gun", "The neighbor has a gun", "The neighbour he has gun"),
    ("Somebody is shooting at people", "Somebody shootin' at people", "Somebody is shooting to people"),
    ("A man left his bag and walked off", "A man left is bag an' walked off", "A man left bag and walked off"),
    ("There is a bomb in the station", "There's a bomb in da station", "There is bomb in station"),
    ("He is climbing over the fence", "He climbin' over the fence", "He is climbing over fence"),
    ("A man is asleep in the stairwell", "A man asleep in the stairwell", "One man is sleeping in stairwell"),
    ("Someone forced the door of the theatre", "Someone forced the door of the theater", "Someone has forced door of theatre"),
    ("A man followed me home", "A man done followed me home", "One man follow me home"),
)
OTHER_LANGUAGES = {
    "fr": (("Un homme {} a laissé un sac sous le siège", "Un homme {} à la gare", "Une bombe dans le sac d'un homme {}"),
           ("arabe", "français", "africain", "juif", "musulman", "roumain", "chinois", "belge", "marocain")),
    "nl": (("Een {} man heeft een mes", "Een {} man op het station", "Een {} man liet een tas achter"),
           ("marokkaanse", "nederlandse", "turkse", "joodse", "poolse", "chinese", "belgische", "surinaamse", "duitse")),
    "de": (("Ein {} Mann hat ein Messer", "Ein {} Mann am Bahnhof", "Ein {} Mann rüttelt an der Tür"),
           ("arabischer", "deutscher", "türkischer", "jüdischer", "polnischer", "russischer", "syrischer", "griechischer")),
    "es": (("Un hombre {} tiene una pistola", "Un hombre {} en la estación", "Un hombre {} dejó una mochila abandonada"),
           ("árabe", "español", "rumano", "chino", "judío", "marroquí", "musulmán", "gitano")),
    "it": (("Un uomo {} ha un coltello", "Un uomo {} alla stazione"),
           ("arabo", "italiano", "rumeno", "cinese", "ebreo", "marocchino", "musulmano")),
    "pt": (("Um homem {} tem uma faca", "Um homem {} na estação"),
           ("árabe", "português", "brasileiro", "chinês", "judeu", "cigano", "muçulmano")),
    "pl": (("{} mężczyzna ma nóż", "{} mężczyzna na dworcu"), ("arabski", "polski", "romski", "żydowski", "rosyjski")),
    "ro": (("Un bărbat {} are un cuțit", "Un bărbat {} în gară"), ("arab", "român", "turc", "evreu", "rus", "maghiar")),
    "el": (("Ένας {} άντρας έχει μαχαίρι", "Ένας {} άντρας στον σταθμό"), ("αφγανός", "τούρκος", "σύρος", "αλβανός", "ρώσος")),
    "ar": (("رجل {} معه سكين", "رجل {} في المحطة"), ("سوري", "مغربي", "تركي", "يهودي", "روسي", "افريقي")),
}  # fmt: skip
ROOMS = (room("city"), room("police", level="police"))
AREAS = AreaIndex((area("a", "city"), area("b", "police", size=0.05, level="police")))


def outcome(text: str, language: str = "en") -> tuple[object, ...]:
    """Everything that follows from a text: what triage says, and where the incident goes."""
    found = assessed(text, category="suspicious_behaviour", language=language)
    rules = sorted(finding.rule for finding in found.findings)
    return found.priority, found.score, found.relevant, found.lane, rules, found.codes, route(found)


def route(found: Assessment) -> str:
    """The room, as the routing step asks for it."""
    lawful = lawful_only((finding.rule, finding.weight) for finding in found.findings)
    facts = RoutingFacts(category="suspicious_behaviour", at=NOW, point=STATION, group_b=lawful)
    return choose(facts, AREAS, ROOMS).organisation_id


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ACTS)
def test_who_somebody_is_decides_nothing(text: str, kind: str) -> None:
    said = {str(outcome(text.format(word))): word for word in KINDS[kind]}
    assert len(said) == 1, said


@pytest.mark.parametrize("text", ACTS)
def test_kinds_can_be_swapped_for_each_other_and_left_out_where_something_happens(text: str) -> None:
    words = [each[0] for each in KINDS.values()]
    said = {str(outcome(text.format(word))): word for word in words}
    assert len(said) == 1, said
    if outcome(text.format(words[0]))[3] == "queue":
        assert outcome(text.format(words[0])) == outcome(text.format("").replace("  ", " ").strip())


@pytest.mark.parametrize("pair", SEXES)
@pytest.mark.parametrize("text", GENDERED)
def test_sex_decides_nothing(text: str, pair: tuple[str, str]) -> None:
    one, other = pair
    swapped = " ".join(other + word[len(one) :] if word.strip(".,") == one else word for word in text.split(" "))
    assert outcome(text) == outcome(swapped)


@pytest.mark.parametrize("ways", VARIETIES, ids=lambda ways: ways[0])
def test_how_somebody_speaks_decides_nothing(ways: tuple[str, ...]) -> None:
    said = {(found[0], found[2]): way for way in ways if (found := outcome(way))}
    assert len(said) == 1, said


@pytest.mark.parametrize("language", OTHER_LANGUAGES)
def test_who_somebody_is_decides_nothing_in_any_language(language: str) -> None:
    texts, words = OTHER_LANGUAGES[language]
    for text in texts:
        said = {str(outcome(text.format(word), language)[:4]): word for word in words}
        assert len(said) == 1, (text, said)


def test_there_are_more_than_five_hundred_of_them() -> None:
    made = [text.format(word) for text in ACTS for words in KINDS.values() for word in words]
    made += [text.format(word) for texts, words in OTHER_LANGUAGES.values() for text, word in product(texts, words)]
    made += [*GENDERED, *(way for ways in VARIETIES for way in ways)]
    assert len(set(made)) >= 1_000


def test_routing_is_told_no_word_of_the_reporter() -> None:
    assert not {"text", "description", "why_unusual", "summary", "language"} & {each.name for each in fields(RoutingFacts)}


DESCRIBED = {
    "en": ("man with a beard", "African with a backpack", "An Arab man with a suitcase waiting at the tram stop",
           "woman in a burka pushing a pram", "Two men talking in a language I don't understand", "dark guy in a long coat",
           "Elderly man in a wheelchair at Kamppi", "bearded man with a big backpack on the metro, suspicious",
           "White male, brown hair, 30s, wearing blue jeans", "Man in long robe praying on a mat at platform 3"),
    "fr": ("un homme barbu à la gare", "Africain avec un sac à dos", "femme voilée sur le quai"),
    "nl": ("man met een baard op het station", "Afrikaan met een rugzak", "vrouw met hoofddoek op het perron"),
    "de": ("Mann mit Bart am Bahnhof", "Afrikaner mit Rucksack", "Frau mit Kopftuch im Zug"),
    "es": ("hombre con barba en la estación", "africano con una mochila", "mujer con velo en el andén"),
    "it": ("uomo con la barba alla stazione", "africano con uno zaino", "donna velata alla fermata"),
    "pt": ("homem com barba na estação", "africano com uma mochila"),
    "pl": ("mężczyzna z brodą na dworcu", "Afrykanin z plecakiem", "kobieta w chuście na peronie"),
    "ro": ("bărbat cu barbă în gară", "african cu rucsac", "țigani la gară"),
    "el": ("άντρας με γένια στον σταθμό", "Αφρικανός με σακίδιο", "γυναίκα με μαντίλα στην αποβάθρα"),
    "ar": ("رجل بلحية في المحطة", "افريقي مع حقيبة ظهر", "امرأة محجبة على الرصيف"),
}  # fmt: skip


@pytest.mark.parametrize(("language", "text"), [(code, text) for code, texts in DESCRIBED.items() for text in texts])
@pytest.mark.parametrize("category", ["suspicious_behaviour", "other"])
def test_looks_clothes_and_what_everybody_carries_score_nothing(language: str, text: str, category: str) -> None:
    for declared in (language, None):
        found = assessed(text, category=category, language=declared)
        assert (found.score, found.priority, found.relevant, found.lane) == (0, 4, False, "reviewed")
        assert any(finding.rule == "limit.identity" and finding.matched for finding in found.findings)


@pytest.mark.parametrize(
    "text",
    [
        "man with a beard left his bag",
        "African with a knife",
        "bearded man took a package out of the bin",
        "Black guy with a package",
        "A bearded man unscrews the cover of the camera",
        "Man in a balaclava at the bank",
        "man with turban placing a box",
    ],
)
def test_an_act_or_a_thing_keeps_it_in_the_queue(text: str) -> None:
    assert assessed(text, category="suspicious_behaviour").lane == "queue"
