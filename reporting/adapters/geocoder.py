"""Turns words into places and places into words, through geopy: from our own list, or from any service geopy knows."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import cos, hypot, radians
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from geopy.adapters import BaseSyncAdapter
from geopy.distance import geodesic
from geopy.exc import GeocoderNotFound, GeocoderServiceError
from geopy.geocoders import get_geocoder_for_service
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location
from geopy.point import Point

from reporting.adapters.gazetteer import METRES_PER_DEGREE, Entry, Hit, read_gazetteer
from reporting.config import ConfigurationError

DEMO_CITY = Path(__file__).resolve().parent.parent / "cli" / "demo_city"
ATTRIBUTION = "© OpenStreetMap contributors"
"""Whose map and names they are: said wherever places are offered or drawn."""
REACH_M = 250.0  # farther away an address says nothing about a place
LABEL_REACH_M = 120.0
AT_THE_DOOR_M = 30.0
MOST_RESULTS = 8
MORE_TO_MEASURE = 24
AddedMetres = dict[str, float]
# A venue's or street's point is its middle, an address or a gate is a door: which of two near ones names the spot better.
_VAGUENESS_M: AddedMetres = {"address": 0.0, "place": 0.0, "venue": 10.0, "landmark": 60.0, "street": 60.0}


class NoNetwork(BaseSyncAdapter):  # type: ignore[misc]  # geopy is untyped
    """The HTTP client of a geocoder that must not have one: every call is refused."""

    def get_json(self, url: str, *, timeout: float, headers: dict[str, str]) -> NoReturn:
        raise GeocoderServiceError("The gazetteer answers from its own list and never from the network.")

    get_text = get_json


class GazetteerGeocoder(Geocoder):  # type: ignore[misc]
    """A geopy geocoder over the venues, place codes, landmarks and addresses of one folder; nothing leaves the machine.

    It forgives case, accents, Finnish, Swedish and English names, local endings and small slips, and answers while somebody
    is still typing. `Location.raw` holds `kind` (venue, place, landmark, street, address), `id`, `name`, `name_sv`, `score`
    (0 to 1), `code` where the place has one, and `nearest` when a house number was not found and its neighbour is given instead.
    """

    def __init__(self, folder: Path = DEMO_CITY, *, timeout: float | None = None) -> None:
        super().__init__(timeout=timeout, proxies={}, adapter_factory=NoNetwork)
        self._gazetteer = read_gazetteer(folder)

    def geocode(
        self, query: str, *, exactly_one: bool = True, limit: int = MOST_RESULTS, timeout: Any = DEFAULT_SENTINEL
    ) -> Location | list[Location] | None:
        """The best place for some words, or with `exactly_one=False` the `limit` best; None when nothing fits."""
        hits = self._gazetteer.find(str(query), 1 if exactly_one else limit)
        return _one_or_all([_location_of_hit(hit) for hit in hits], exactly_one)

    def reverse(
        self, query: Any, *, exactly_one: bool = True, limit: int = MOST_RESULTS, timeout: Any = DEFAULT_SENTINEL
    ) -> Location | list[Location] | None:
        """What lies nearest to a point (anything geopy reads as one) within 250 m; None when nothing does.

        `raw["distance_m"]` is the geodesic distance. Refuses what is no point with ValueError, as geopy does.
        """
        point = Point(query)
        entries = self._gazetteer.around(point.latitude, point.longitude, REACH_M)[: limit + MORE_TO_MEASURE]
        measured = [(geodesic(point, (entry.lat, entry.lon)).meters, entry) for entry in entries]
        near = [each for each in measured if each[0] <= REACH_M]
        near.sort(key=lambda each: (each[0] + _VAGUENESS_M[each[1].kind], each[1].id))
        found = [_location(entry, distance_m=round(distance, 1)) for distance, entry in near[:limit]]
        return _one_or_all(found, exactly_one)

    def label(self, lat: float, lon: float) -> str:
        """The name of what is nearest to a spot, "near ..." beyond some steps; empty when nothing lies within 120 m."""
        near = self._gazetteer.around(lat, lon, LABEL_REACH_M)[:MORE_TO_MEASURE]
        east = cos(radians(lat))
        steps = {each.id: hypot(each.lat - lat, (each.lon - lon) * east) * METRES_PER_DEGREE for each in near}
        best = min(near, key=lambda each: (steps[each.id] + _VAGUENESS_M[each.kind], each.id), default=None)
        if best is None:
            return ""
        return best.title if steps[best.id] <= AT_THE_DOOR_M else f"near {best.title}"


def geocoder_from(setting: str, adapter_factory: Callable[..., Any] | None = None) -> Geocoder:
    """The geocoder that a setting names: `gazetteer`, `gazetteer:FOLDER`, or a service of geopy with its options.

    A service is written `nominatim?domain=geo.example.org&user_agent=city-safety`; `adapter_factory` makes its HTTP client.
    Refuses unknown names and options, and folders without the four tables, with one clear line (ConfigurationError).
    """
    name, _, options = setting.partition("?")
    kind, _, folder = name.partition(":")
    if kind == "gazetteer":
        return _gazetteer(Path(folder) if folder else DEMO_CITY)
    given: dict[str, Any] = dict(parse_qsl(options))
    if "timeout" in given:
        given["timeout"] = float(given["timeout"])
    try:
        return get_geocoder_for_service(name)(**given, adapter_factory=adapter_factory)
    except GeocoderNotFound:
        raise ConfigurationError(f"GEOCODER names no geocoder that geopy knows: {name!r}") from None
    except TypeError as error:
        raise ConfigurationError(f"GEOCODER {name!r} was given options that do not fit: {error}") from None


@lru_cache(maxsize=4096)
def label_of(setting: str, lat: float, lon: float) -> str:
    """A few words for a spot, from the gazetteer alone: nobody waits for a network to name a place. Empty where nothing is near.

    Callers round the degrees (four decimals are ten metres), so that a busy spot is looked up once.
    """
    geocoder = geocoder_from(setting) if setting.partition("?")[0].partition(":")[0] == "gazetteer" else None
    return geocoder.label(lat, lon) if isinstance(geocoder, GazetteerGeocoder) else ""


@lru_cache(maxsize=4)
def _gazetteer(folder: Path) -> GazetteerGeocoder:
    try:
        return GazetteerGeocoder(folder)
    except (OSError, KeyError, ValueError) as error:
        raise ConfigurationError(f"GEOCODER cannot read the gazetteer in {folder}: {error}") from None


def _one_or_all(found: list[Location], exactly_one: bool) -> Location | list[Location] | None:
    if not found:
        return None
    return found[0] if exactly_one else found


def _location_of_hit(hit: Hit) -> Location:
    extra: dict[str, Any] = {"nearest": True} if hit.nearest else {}
    return _location(hit.entry, score=round(hit.score, 3), **extra)


def _location(entry: Entry, **extra: Any) -> Location:
    raw = {"kind": entry.kind, "id": entry.id, **entry.raw, **extra}
    return Location(entry.title, Point(entry.lat, entry.lon), raw)
