"""Chooses the demo city's venues and addresses from the map and gives places their short codes."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from extract import City, Element
from layers import ROAD_CLASSES, names
from shapely import line_merge, union_all
from shapely.geometry import LineString, Point, box
from shapely.geometry.base import BaseGeometry

Row = dict[str, str]
SEED = "helsinki centre, first edition"
LANDMARK_FIELDS = ("id", "name", "name_sv", "name_en", "other_names", "kind", "address", "lat", "lon")
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32
MAIN_STATION = "helsinki-central-railway-station"
PINNED = {(MAIN_STATION, "Main hall"): "K7QD"}  # the code in the documentation's examples
CONCOURSE_END_OF_PLATFORMS = 60.1725  # degrees north: where trains stop and people wait

VENUE_KINDS = {
    ("public_transport", "station"): "station", ("station", "subway"): "station",
    ("amenity", "bus_station"): "station", ("railway", "tram_stop"): "stop", ("shop", "mall"): "mall",
    ("shop", "department_store"): "mall", ("amenity", "marketplace"): "market", ("tourism", "museum"): "museum",
    ("amenity", "theatre"): "theatre", ("amenity", "cinema"): "theatre", ("amenity", "arts_centre"): "theatre",
    ("amenity", "library"): "other", ("amenity", "conference_centre"): "other",
    ("amenity", "townhall"): "government", ("amenity", "university"): "school", ("leisure", "park"): "park",
    ("place", "square"): "square", ("tourism", "attraction"): "other",
}  # fmt: skip
IN_CARE = {  # venue -> the invented control room whose premises these are
    MAIN_STATION: "station", "elielinaukio": "station", "rautatientori-metro": "station",
    "compass-level": "station", "forum": "mall", "kauppakeskus-citycenter": "mall", "kaivopiha": "mall",
    "old-market-hall": "harbour", "market-square": "harbour", "university-of-helsinki": "campus",
    "helsinki-university-library-main-library": "campus", "the-national-library-of-finland": "campus",
}  # fmt: skip
ENGLISH = {  # usual English names that the map does not carry
    "rautatientori": "Railway Square", "rautatientori-metro": "Railway Square metro station",
    "esplanadinpuisto": "Esplanade Park", "hakaniemen-tori": "Hakaniemi Square", "kansalaistori": "Citizens' Square",
    "kauppakeskus-kluuvi": "Kluuvi Shopping Centre", "kauppakeskus-citycenter": "Citycenter Mall", "forum": "Forum Mall",
    "lasipalatsinaukio": "Lasipalatsi Square", "mannerheimin-aukio": "Mannerheim Square", "narinkkatori": "Narinkka Square",
    "toolonlahden-puisto": "Töölö Bay Park", "vanha-kirkkopuisto": "Old Church Park", "elielinaukio": "Eliel Square bus station",
    "helsingin-yliopisto-metro": "University metro station", "kasarmitori": "Barracks Square",
}  # fmt: skip
SPOKEN = {  # what people call it
    "helsinki-central-railway-station": "Rautatieasema;Steissi;Rautis", "esplanadinpuisto": "Espa", "stockmann": "Stocka",
    "lasipalatsinaukio": "Lasipalatsi", "the-national-library-of-finland": "Kansis", "university-of-helsinki": "Yliopisto",
    "helsinki-university-library-main-library": "Kaisa-kirjasto;Kaisa-talo", "old-market-hall": "Kauppahalli;Saluhallen",
    "toolonlahden-puisto": "Töölönlahti", "kaisaniemi-park": "Kaisaniemi;Kaisis", "helsinki-city-hall": "Kaupungintalo",
}  # fmt: skip
LANDMARK_KEYS = ("amenity", "shop", "tourism", "leisure", "building", "historic")
NO_LANDMARKS = {
    "atm",
    "vending_machine",
    "parking",
    "parking_entrance",
    "post_box",
    "bicycle_parking",
    "dentist",
    "doctors",
    "clock",
}
HOUSE_NUMBER = r"\d+(-\d+)? ?[A-Za-z]?"
LEFT_OUT = {  # said twice, or a part of another venue
    "helsinki-railway-station", "the-crypt-of-the-helsinki-catherdal", "helsinki-contemporary", "omapohja",
}  # fmt: skip
SPOTS = (  # places inside venues that the map does not name: venue, label, latitude, longitude
    (MAIN_STATION, "Main hall", 60.17125, 24.94125),
    (MAIN_STATION, "West entrance", 60.17142, 24.94035),
    (MAIN_STATION, "East entrance", 60.17140, 24.94228),
    (MAIN_STATION, "Ticket office", 60.17150, 24.94150),
    (MAIN_STATION, "Luggage lockers", 60.17165, 24.94072),
    ("market-square", "Ferry quay", 60.16728, 24.95310),
    ("market-square", "Stalls, west side", 60.16762, 24.95200),
    ("old-market-hall", "North door", 60.16650, 24.95268),
    ("old-market-hall", "South door", 60.16585, 24.95290),
    ("esplanadinpuisto", "Bandstand", 60.16771, 24.95027),
    ("kaisaniemi-park", "Playground", 60.17420, 24.94396),
    ("kaisaniemi-park", "Tennis courts", 60.17417, 24.94580),
    ("helsinki-central-library-oodi", "Main entrance", 60.17370, 24.93830),
    ("helsinki-central-library-oodi", "Lifts, ground floor", 60.17405, 24.93808),
    ("rautatientori", "Bus platforms", 60.17135, 24.94300),
    ("helsinki-senate-square", "Cathedral steps", 60.16985, 24.95222),
    ("helsinki-university-library-main-library", "Fabianinkatu entrance", 60.17130, 24.94858),
)


@dataclass(frozen=True)
class Spot:
    """A place inside a venue that carries its own code; `label` says which, in plain English."""

    venue_id: str
    label: str
    at: Point


def venues_of(city: City) -> list[Row]:
    """Return the rows of venues.csv, one for each place of a kind that people name, sorted by id."""
    found: dict[str, Row] = {}
    for element in _largest_first(city):
        kind = next((VENUE_KINDS[pair] for pair in element.tags.items() if pair in VENUE_KINDS), "")
        if not kind or not element.tags.get("name"):
            continue
        row = _venue(element, kind)
        again = any((row["name"], kind) == (other["name"], other["kind"]) for other in found.values())
        if row["id"] not in LEFT_OUT and (not again or element.tags.get("station") == "subway"):
            found.setdefault(row["id"], row)
    return [found[key] for key in sorted(found)]


def landmarks_of(city: City, venues: list[Row]) -> list[Row]:
    """Return the rows of landmarks.csv: every other named place, so that "outside the bakery" can be found."""
    known = {(row["name"], row["lat"], row["lon"]) for row in venues}
    found: dict[tuple[str, str, str], Row] = {}
    for element in [*city.areas, *city.points]:
        key = next((key for key in LANDMARK_KEYS if key in element.tags), None)
        if key is None or not element.tags.get("name") or element.tags.get("railway") == "subway_entrance":
            continue
        if element.tags[key] in NO_LANDMARKS:
            continue
        row = _venue(element, element.tags[key] if element.tags[key] != "yes" else key)
        kept = {field: row[field] for field in LANDMARK_FIELDS} | {"id": element.ref}
        if (row["name"], row["lat"], row["lon"]) not in known:
            found.setdefault((row["name"], row["lat"][:-3], row["lon"][:-3]), kept)
    return sorted(found.values(), key=lambda row: (row["name"], row["id"]))


def place_codes_of(city: City, venues: list[Row]) -> list[Row]:
    """Return the rows of place_codes.csv: one code for each venue and more for its gates and platforms."""
    spots = [Spot(row["id"], "", Point(float(row["lon"]), float(row["lat"]))) for row in venues]
    spots += [Spot(venue, label, Point(lon, lat)) for venue, label, lat, lon in SPOTS]
    spots += _platforms(city)
    spots += _metro_entrances(city, venues)
    taken = set(PINNED.values())
    rows = []
    for spot in sorted(spots, key=lambda each: (each.venue_id, each.label)):
        code = PINNED.get((spot.venue_id, spot.label)) or _fresh_code(spot, taken)
        taken.add(code)
        rows.append({"code": code, "venue_id": spot.venue_id, "label": spot.label, **_position(spot.at)})
    return sorted(rows, key=lambda row: row["code"])


def addresses_of(city: City) -> list[Row]:
    """Return the rows of addresses.csv; a row without a number stands for the middle of its street."""
    swedish = {e.tags["name"]: e.tags["name:sv"] for e in city.lines if _is_street(e) and "name:sv" in e.tags}
    found: dict[tuple[str, str], Row] = {}
    for element in [*city.areas, *city.points]:
        street, number = element.tags.get("addr:street", ""), element.tags.get("addr:housenumber", "")
        if re.fullmatch(HOUSE_NUMBER, number) and re.fullmatch(r"[^\d,]+", street):
            row = _address(street, number, swedish, element.shape.representative_point())
            row["postcode"] = element.tags.get("addr:postcode", "")
            found.setdefault((street, number), row)
    for street, middle in _street_middles(city):
        found[(street, "")] = _address(street, "", swedish, middle)
    return [found[key] for key in sorted(found, key=lambda key: (key[0], _by_number(key[1])))]


def _largest_first(city: City) -> Iterable[Element]:
    return [*sorted(city.areas, key=lambda e: (-e.shape.area, e.ref)), *city.points]


def _venue(element: Element, kind: str) -> Row:
    named = names(element.tags)
    name = named["name"]
    identity = _identity(element.tags, named)
    street = " ".join(element.tags.get(key, "") for key in ("addr:street", "addr:housenumber")).strip()
    english = ENGLISH.get(identity) or named.get("name_en", "")
    spoken = ";".join([SPOKEN.get(identity, ""), *(element.tags.get(key, "") for key in ("loc_name", "short_name"))])
    return {
        "id": identity, "name": name, "name_sv": named.get("name_sv", name), "name_en": english,
        "other_names": ";".join(dict.fromkeys(part.strip() for part in spoken.split(";") if part.strip())),
        "kind": kind, "address": street, **_position(element.shape.representative_point()),
        "opening_hours": element.tags.get("opening_hours", ""), "organisation": IN_CARE.get(identity, ""),
    }  # fmt: skip


def _identity(tags: dict[str, str], named: dict[str, str]) -> str:
    if tags.get("station") == "subway":
        return _slug(named["name"]) + "-metro"
    if tags.get("railway") == "tram_stop":
        return _slug(named["name"].removesuffix(" (M)")) + "-tram"
    return _slug(named.get("name_en", named["name"]))


def _platforms(city: City) -> Iterator[Spot]:
    """Platforms 1 to 19 of the main station, each at the end where people wait."""
    parts: dict[str, list[BaseGeometry]] = {}
    for element in city.areas:
        if element.tags.get("railway") == "platform":
            for number in element.tags.get("ref", "").split(";"):
                parts.setdefault(number, []).append(element.shape)
    for number, shapes in sorted(parts.items()):
        whole = union_all(shapes)
        south = max(whole.bounds[1], CONCOURSE_END_OF_PLATFORMS - 0.0002)
        near = whole.intersection(box(24.93, south, 24.95, south + 0.0004))
        if number:
            yield Spot(MAIN_STATION, f"Platform {number}", near.centroid)


def _metro_entrances(city: City, venues: list[Row]) -> Iterator[Spot]:
    metro = [row for row in venues if row["id"].endswith("-metro")]
    stations = {row["id"]: Point(float(row["lon"]), float(row["lat"])) for row in metro}
    seen: set[tuple[str, str]] = set()
    for element in city.points:
        letter = element.tags.get("ref", "")
        if element.tags.get("railway") != "subway_entrance" or not re.fullmatch("[A-Z]", letter):
            continue
        nearest = min(stations, key=lambda name: stations[name].distance(element.shape))
        if (nearest, letter) not in seen:
            seen.add((nearest, letter))
            yield Spot(nearest, f"Entrance {letter}", element.shape)


def _fresh_code(spot: Spot, taken: set[str]) -> str:
    """Return a code that spells nothing and differs from every other code in at least two places."""
    for turn in range(1000):
        digest = hashlib.sha256(f"{SEED}|{spot.venue_id}|{spot.label}|{turn}".encode()).digest()
        code = "".join(ALPHABET[byte & 31] for byte in digest[:4])
        mixed = any(c.isdigit() for c in code) and any(c.isalpha() for c in code)
        mixed = mixed and not re.fullmatch(r"\d+E\d+", code)  # a spreadsheet would read 60E1 as a number
        if mixed and all(sum(a != b for a, b in zip(code, other, strict=True)) > 1 for other in taken):
            return code
    raise ValueError("The codes have become too dense: make them longer.")


def _address(street: str, number: str, swedish: dict[str, str], at: Point) -> Row:
    return {
        "street": street, "street_sv": swedish.get(street, ""), "number": number, "postcode": "", **_position(at)
    }  # fmt: skip


def _street_middles(city: City) -> Iterator[tuple[str, Point]]:
    streets: dict[str, list[BaseGeometry]] = {}
    for element in city.lines:
        if _is_street(element):
            streets.setdefault(element.tags["name"], []).append(element.shape)
    for street, shapes in sorted(streets.items()):
        merged = line_merge(union_all(shapes))
        lines = [line for line in getattr(merged, "geoms", [merged]) if isinstance(line, LineString)]
        longest = max(lines, key=lambda line: (line.length, line.wkt))
        yield street, longest.interpolate(0.5, normalized=True)


def _is_street(element: Element) -> bool:
    tags = element.tags
    return bool(tags.get("name")) and tags.get("highway") in ROAD_CLASSES and "place" not in tags


def _by_number(number: str) -> tuple[int, str]:
    digits = re.match(r"\d+", number)
    return (int(digits[0]) if digits else 0, number)


def _position(at: Point) -> Row:
    return {"lat": f"{at.y:.6f}", "lon": f"{at.x:.6f}"}


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
