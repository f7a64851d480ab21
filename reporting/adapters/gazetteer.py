"""A list of named places and addresses that answers half-typed, misspelt and inflected questions within milliseconds.

How a word of the question meets a word of a name, best first: the same; the beginning of it (somebody is still typing); the
name with a local ending ("Rautatientorilla"); the end of a compound ("rautatieasema" in "päärautatieasema"); one slip of the
finger, two in long words. Slips are found through the words with one or two letters left out, which turns a search by edit
distance into a few look-ups. A street's name and a house number are told apart before that.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import cos, hypot, log, radians
from pathlib import Path

from reporting.domain.grid import cell, cells_around

SAME, BEGINS, INFLECTED, ENDS, SLIP, TWO_SLIPS, SLIP_IN_BEGINNING = 1.0, 0.93, 0.9, 0.82, 0.78, 0.7, 0.66
ALIAS_SHARE = 0.8  # "museum" finds every museum, yet less surely than its name does
NEAREST_NUMBER_SHARE = 0.9
GOOD_ENOUGH, WORTH_SHOWING = 0.55, 0.5
LONGEST_QUERY = 120
MOST_WORDS = 8
LONG_WORD = 8
METRES_PER_DEGREE = 111_195.0
SIEVE = 1.01
"""How much farther the first sieve reaches: a flat earth is wrong by less."""

_KIND_WORDS = {
    "station": "station asema railway bus terminal terminaali", "stop": "tram stop pysakki ratikka sparvagn hallplats",
    "mall": "mall shopping centre department store kauppakeskus tavaratalo kopcentrum varuhus",
    "market": "market hall kauppahalli saluhall", "museum": "museum museo museet", "park": "park puisto parken",
    "theatre": "theatre theater cinema teatteri elokuvateatteri teater bio", "square": "square tori aukio torg plats",
    "school": "university campus yliopisto", "government": "city hall kaupungintalo stadshus",
}  # fmt: skip
_LABEL_WORDS = {
    "platform": "platform laituri raide perrong plattform spar", "entrance": "entrance exit sisaankaynti ingang utgang",
    "door": "door ovi dorr", "hall": "hall halli", "lockers": "lockers sailytyslokerot forvaringsboxar",
    "lifts": "lifts elevator hissit hissar", "stalls": "stalls kojut stand", "quay": "quay laituri kaj",
    "playground": "playground leikkipaikka lekplats", "ticket": "tickets lipunmyynti biljetter",
}  # fmt: skip
_FILLERS = frozenset({
    "helsinki", "helsingin", "helsingfors", "finland", "suomi", "the", "at", "in", "on", "by", "of", "near", "next", "to",
    "corner", "and", "och", "ja",
})  # fmt: skip
_ENDINGS = frozenset({
    "n", "t", "s", "a", "in", "en", "an", "on", "ssa", "sta", "lla", "lta", "lle", "ksi", "issa", "ista", "illa", "ilta", "ille",
})  # fmt: skip
_HOUSE_NUMBER = re.compile(r"(?<!\S)(\d{1,4})\s?(?:-\s?(\d{1,4}))?\s?([a-z](?![a-z]))?(?!\S)")


@dataclass(frozen=True, slots=True)
class Entry:
    """One place. `kind` is venue, place (in a venue), landmark, street or address; WGS-84 degrees; `raw` is what callers get."""

    kind: str
    id: str
    title: str
    lat: float
    lon: float
    names: tuple[str, ...] = ()
    aliases: str = ""
    weight: int = 0
    raw: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry and how well it fits, from 0 to 1. `nearest` says the house number was not found, a neighbour was."""

    entry: Entry
    score: float
    nearest: bool = False


def fold(text: str) -> str:
    """Lower case without accents and punctuation; a hyphen survives between digits only ("22-24")."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(character for character in plain if not unicodedata.combining(character))
    letters = re.sub(r"(?<=\d)\s?[-\u2010-\u2015]\s?(?=\d)", "\u0001", letters.replace("ø", "o").replace("æ", "ae"))
    return " ".join(re.sub(r"[^\w\u0001]+|_", " ", letters).replace("\u0001", "-").split())


class Gazetteer:
    """Places, streets and addresses with an index over their words. Read-only after it is made: safe among threads."""

    def __init__(self, places: Sequence[Entry], addresses: Sequence[Entry], codes: dict[str, Entry]) -> None:
        self.places = tuple(places)
        self.addresses = tuple(addresses)
        self._codes = codes
        self._words = _WordIndex()
        self._forms: list[list[frozenset[str]]] = []
        self._holders: dict[str, dict[int, float]] = defaultdict(dict)
        self._numbers: dict[str, list[Entry]] = defaultdict(list)
        self._cells: dict[int, list[tuple[int, Entry]]] = defaultdict(list)
        for position, entry in enumerate(self.places):
            self._index(position, entry)
        for entry in self.addresses:
            self._numbers[entry.raw["street"]].append(entry)
        for position, entry in enumerate((*self.places, *self.addresses)):
            self._cells[cell(entry.lat, entry.lon)].append((position, entry))
        self._words.close()

    def find(self, query: str, limit: int) -> list[Hit]:
        """The best `limit` hits, best first; empty when nothing fits. A place code answers with its place alone."""
        code = query.strip().upper()
        if code in self._codes:
            return [Hit(self._codes[code], 1.0)]
        folded = fold(query[:LONGEST_QUERY])
        hits = [*self._by_address(folded), *self._by_name(folded.replace("-", " ").split())]
        best: dict[tuple[str, str], Hit] = {}
        for hit in sorted(hits, key=_rank):
            best.setdefault((hit.entry.kind, hit.entry.id), hit)
        return list(best.values())[:limit]

    def around(self, lat: float, lon: float, radius_m: float) -> list[Entry]:
        """Every entry within roughly `radius_m` metres (20 km at most), nearest first; reckoned on a flat earth, as a first
        sieve. Only the grid cells that the circle can touch are looked into."""
        east = METRES_PER_DEGREE * cos(radians(lat))
        measured = [
            (hypot((entry.lat - lat) * METRES_PER_DEGREE, (entry.lon - lon) * east), position, entry)
            for key in cells_around(lat, lon, radius_m * SIEVE)
            for position, entry in self._cells.get(key, ())
        ]
        return [entry for distance, _, entry in sorted(measured) if distance <= radius_m * SIEVE]

    def _index(self, position: int, entry: Entry) -> None:
        forms = [frozenset(_meaningful(fold(name).replace("-", " ").split())) for name in entry.names if name]
        self._forms.append(forms)
        for word in entry.aliases.split():
            self._hold(word, position, ALIAS_SHARE)
        for word in frozenset().union(*forms):
            self._hold(word, position, 1.0)

    def _hold(self, word: str, position: int, share: float) -> None:
        self._holders[word][position] = share
        self._words.add(word)

    def _by_address(self, folded: str) -> Iterator[Hit]:
        number = next((found for found in _HOUSE_NUMBER.finditer(folded) if found.start()), None)
        if number is None:
            return
        words = re.sub(r"\b\d{5}\b", " ", folded[: number.start()] + folded[number.end() :]).split()
        for hit in self._by_name(words):
            if hit.entry.kind == "street":
                yield from self._numbered(hit, number)

    def _numbered(self, street: Hit, wanted: re.Match[str]) -> Iterator[Hit]:
        found = [(_number_fit(entry.raw["number"], wanted), entry) for entry in self._numbers[street.entry.id]]
        exact = [Hit(entry, street.score * fit) for fit, entry in found if fit]
        if exact or not found:
            yield from exact
            return
        near = min(found, key=lambda each: abs(_first_number(each[1].raw["number"]) - int(wanted[1])))[1]
        yield Hit(near, street.score * NEAREST_NUMBER_SHARE, nearest=True)

    def _by_name(self, words: list[str]) -> Iterator[Hit]:
        asked = list(dict.fromkeys(_meaningful(words)))[:MOST_WORDS]
        qualities = [self._words.near(word) for word in asked]
        weights = [self._importance(found) for found in qualities]
        total = sum(weights)
        scores: dict[int, float] = defaultdict(float)
        seen: dict[int, set[str]] = defaultdict(set)
        for found, weight in zip(qualities, weights, strict=True):
            for position, (quality, word) in self._best_holders(found).items():
                scores[position] += weight * quality
                seen[position].add(word)
        for position, score in scores.items():
            if score >= GOOD_ENOUGH * total:
                cover = max((len(seen[position] & form) / len(form) for form in self._forms[position] if form), default=0)
                final = score / total * (0.8 + 0.2 * cover)
                if final >= WORTH_SHOWING:
                    yield Hit(self.places[position], final)

    def _best_holders(self, found: dict[str, float]) -> dict[int, tuple[float, str]]:
        best: dict[int, tuple[float, str]] = {}
        for word, quality in found.items():
            for position, share in self._holders[word].items():
                best[position] = max(best.get(position, (0.0, "")), (quality * share, word))
        return best

    def _importance(self, found: dict[str, float]) -> float:
        """A rare word says more than a common one; a word that is nowhere counts in full against the hit."""
        exact = [len(self._holders[word]) for word, quality in found.items() if quality >= INFLECTED]
        return 1 / (1 + log(min(exact))) if exact else 1.0


class _WordIndex:
    """All words of all names, to be found by beginning, end, ending and slip."""

    def __init__(self) -> None:
        self._words: set[str] = set()
        self._sorted: list[str] = []
        self._backwards: list[str] = []
        self._lacking: dict[str, set[tuple[str, float]]] = defaultdict(set)

    def add(self, word: str) -> None:
        self._words.add(word)

    def close(self) -> None:
        """Build the index once all words are known."""
        self._sorted = sorted(self._words)
        self._backwards = sorted(word[::-1] for word in self._words)
        for word in self._sorted:
            for form, quality in _slip_forms(word):
                for shorter in _lacking_one(form):
                    self._lacking[shorter].add((word, quality))
            if len(word) >= LONG_WORD:
                for shorter in _lacking_two(word):
                    self._lacking[shorter].add((word, TWO_SLIPS))

    def near(self, word: str) -> dict[str, float]:
        """The words that this word may stand for, each with the quality of the match."""
        found: dict[str, float] = {}
        for quality, others in (
            (BEGINS, _starting_with(self._sorted, word) if len(word) > 1 else ()),
            (INFLECTED, self._stems(word)),
            (ENDS, (other[::-1] for other in _starting_with(self._backwards, word[::-1])) if len(word) > 4 else ()),
        ):
            for other in others:
                found.setdefault(other, quality)
        if word in self._words:
            found[word] = SAME
        if len(word) > 3 and not word.isdigit() and not any(quality >= INFLECTED for quality in found.values()):
            for other, quality in self._slips(word):
                found[other] = max(found.get(other, 0), quality)
        return found

    def _stems(self, word: str) -> Iterator[str]:
        """Words of which this is a case form, with the weak grade of "katu" and "tie" undone ("kadulla": "katu")."""
        for form in {word, re.sub(r"kadu(?=(n|lla|lta|lle|ssa|sta)?$)", "katu", word)}:
            for length in range(4, len(form) + 1):
                stem = form[:length]
                ending = form[length:]
                if stem in self._words and (not ending or ending in _ENDINGS):
                    yield stem

    def _slips(self, word: str) -> Iterator[tuple[str, float]]:
        shorter = {*_lacking_one(word), *(_lacking_two(word) if len(word) >= LONG_WORD else ())}
        for form in shorter:
            for other, quality in self._lacking.get(form, ()):
                allowed = 2 if quality == TWO_SLIPS else 1
                length = len(word) + 1 if quality == SLIP_IN_BEGINNING else len(other)
                if any(_slips_between(word, other[:cut]) <= allowed for cut in {length - 2, length - 1, length} if cut > 3):
                    yield other, quality


def read_gazetteer(folder: Path) -> Gazetteer:
    """Read venues.csv, place_codes.csv, landmarks.csv and addresses.csv from a folder (UTF-8, with headers)."""
    venues = {row["id"]: row for row in _rows(folder / "venues.csv")}
    codes = _rows(folder / "place_codes.csv")
    count: dict[str, int] = defaultdict(int)
    for row in codes:
        count[row["venue_id"]] += 1
    own_code = {row["venue_id"]: row["code"] for row in codes if not row["label"]}
    entries = {key: _venue(row, own_code.get(key, ""), count[key]) for key, row in venues.items()}
    inner = {row["code"]: _inner_place(row, entries[row["venue_id"]]) for row in codes if row["label"]}
    landmarks = [_landmark(row) for row in _rows(folder / "landmarks.csv")]
    by_code = {row["code"]: inner.get(row["code"]) or entries[row["venue_id"]] for row in codes}
    addresses = [_address(row) for row in _rows(folder / "addresses.csv")]
    streets = [entry for entry in addresses if entry.kind == "street"]
    numbered = [entry for entry in addresses if entry.kind == "address"]
    return Gazetteer([*entries.values(), *inner.values(), *landmarks, *streets], numbered, by_code)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _venue(row: dict[str, str], code: str, codes: int) -> Entry:
    metro, stop = row["id"].endswith("-metro"), row["kind"] == "stop"
    raw = {key: row[key] for key in ("name", "name_sv", "name_en", "address")} | {"venue_kind": row["kind"], "code": code}
    aliases = _KIND_WORDS.get(row["kind"], "") + (" metro subway tunnelbana" if metro else "")
    weight = -1 if stop else 0 if metro else codes  # of two places of one name the square is meant, not its stop
    return Entry("venue", row["id"], _title(row), float(row["lat"]), float(row["lon"]), _names(row), aliases, weight, raw)


def _landmark(row: dict[str, str]) -> Entry:
    raw = {key: row[key] for key in ("name", "name_sv", "name_en", "address")} | {"landmark_kind": row["kind"]}
    aliases = fold(row["kind"])
    return Entry("landmark", row["id"], _title(row), float(row["lat"]), float(row["lon"]), _names(row), aliases, -2, raw)


def _inner_place(row: dict[str, str], venue: Entry) -> Entry:
    label = fold(row["label"]).replace("-", " ")
    raw = {key: venue.raw[key] for key in ("name", "name_sv", "name_en")}
    raw |= {"label": row["label"], "code": row["code"], "venue_id": venue.id}
    aliases = " ".join([venue.aliases, *(_LABEL_WORDS.get(word, "") for word in label.split())])
    names = tuple(f"{label} {name}" for name in venue.names)
    title = f"{venue.raw['name']}, {row['label']}"
    return Entry("place", row["code"], title, float(row["lat"]), float(row["lon"]), names, aliases, -3, raw)


def _title(row: dict[str, str]) -> str:
    return ", ".join(part for part in (row["name"], row["address"]) if part)


def _names(row: dict[str, str]) -> tuple[str, ...]:
    given = (row["name"], row["name_sv"], row["name_en"], *row["other_names"].split(";"))
    return tuple(dict.fromkeys(name for name in given if name))


def _address(row: dict[str, str]) -> Entry:
    kind = "address" if row["number"] else "street"
    title = f"{row['street']} {row['number']}".strip()
    raw = {"name": title, "name_sv": f"{row['street_sv']} {row['number']}".strip() if row["street_sv"] else ""}
    raw |= {"street": row["street"], "number": row["number"], "postcode": row["postcode"]}
    names = (row["street"], row["street_sv"]) if kind == "street" else ()
    return Entry(kind, title, title, float(row["lat"]), float(row["lon"]), names, "", 0, raw)


def _rank(hit: Hit) -> tuple[float, int, int, str]:
    kinds = ("address", "venue", "street", "place", "landmark")
    return (-round(hit.score, 3), -hit.entry.weight, kinds.index(hit.entry.kind), hit.entry.title)


def _meaningful(words: Iterable[str]) -> list[str]:
    every = list(words)
    return [word for word in every if word not in _FILLERS] or every


def _first_number(number: str) -> int:
    digits = re.match(r"\d+", number)
    return int(digits[0]) if digits else 0


def _number_fit(number: str, wanted: re.Match[str]) -> float:
    """1 for the very number, less for a range around it or for a number that begins with what was typed, 0 otherwise."""
    known = _HOUSE_NUMBER.search(fold(number))
    if known is None:
        return 0.0
    first, last, asked = int(known[1]), int(known[2] or known[1]), int(wanted[1])
    if first == asked:
        return 1.0 if (known[3] or "") == (wanted[3] or "") and known[2] == wanted[2] else 0.98
    if first <= asked <= last and (asked - first) % 2 == 0:
        return 0.97
    return 0.92 if known[1].startswith(wanted[1]) else 0.0


def _starting_with(words: list[str], beginning: str) -> Iterator[str]:
    for position in range(bisect_left(words, beginning), len(words)):
        if not words[position].startswith(beginning):
            return
        yield words[position]


def _slip_forms(word: str) -> Iterator[tuple[str, float]]:
    yield word, SLIP
    for length in range(6, len(word)):
        yield word[:length], SLIP_IN_BEGINNING


def _lacking_one(word: str) -> Iterator[str]:
    yield word
    for position in range(len(word)):
        yield word[:position] + word[position + 1 :]


def _lacking_two(word: str) -> Iterator[str]:
    for first, second in combinations(range(len(word)), 2):
        yield word[:first] + word[first + 1 : second] + word[second + 1 :]


def _slips_between(left: str, right: str) -> int:
    """Letters missing, added, wrong or swapped with their neighbour (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, mine in enumerate(left, start=1):
        older, before, row = before, row, [i]
        for j, other in enumerate(right, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (mine != other))
            if i > 1 and j > 1 and mine == right[j - 2] and left[i - 2] == other:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]
