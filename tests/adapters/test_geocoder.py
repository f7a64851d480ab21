"""The gazetteer finds what people type, whatever the language, the ending and the slip; and it stays off the network."""

import pytest
from geopy.distance import geodesic
from geopy.exc import GeocoderServiceError
from geopy.geocoders import Nominatim
from geopy.geocoders.base import Geocoder
from geopy.location import Location
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.adapters.geocoder import DEMO_CITY, GazetteerGeocoder, geocoder_from
from reporting.config import ConfigurationError, Settings

GAZETTEER = GazetteerGeocoder()
MAIN_HALL = (60.17125, 24.94125)


def best(query: str) -> Location:
    """The one answer to a query, which must exist."""
    found = GAZETTEER.geocode(query)
    assert isinstance(found, Location), query
    return found


@pytest.mark.parametrize(
    ("query", "kind", "identity"),
    [
        ("Rautatientori", "venue", "rautatientori"),
        ("rautatientorilla", "venue", "rautatientori"),
        ("Järnvägstorget", "venue", "rautatientori"),
        ("jarnvagstorget", "venue", "rautatientori"),
        ("railway square", "venue", "rautatientori"),
        ("RAILWAY SQ", "venue", "rautatientori"),
        ("kauppatori", "venue", "market-square"),
        ("Salutorget", "venue", "market-square"),
        ("market square", "venue", "market-square"),
        ("at the market square, Helsinki", "venue", "market-square"),
        ("Stockman", "venue", "stockmann"),
        ("stokcmann", "venue", "stockmann"),
        ("central station", "venue", "helsinki-central-railway-station"),
        ("rautatieasema", "venue", "helsinki-central-railway-station"),
        ("päärautatieasemalla", "venue", "helsinki-central-railway-station"),
        ("oodi", "venue", "helsinki-central-library-oodi"),
        ("university library", "venue", "helsinki-university-library-main-library"),
        ("Kaisaniemen puistossa", "venue", "kaisaniemi-park"),
        ("kaisaniemi park", "venue", "kaisaniemi-park"),
        ("tokoinrata", "venue", "tokoinranta"),
        ("cathedral", "venue", "helsinki-cathedral"),
        ("tuomiokirkko", "venue", "helsinki-cathedral"),
        ("tram stop Lasipalatsi", "venue", "lasipalatsi-tram"),
        ("hotel torni", "landmark", "w123525580"),
        ("Kampin kappeli", "landmark", "w185401488"),
        ("Aleksanterinkatu", "street", "Aleksanterinkatu"),
        ("mannerheimint", "street", "Mannerheimintie"),
        ("Kaivokatu 1", "address", "Kaivokatu 1"),
        ("kaivokatu 1, 00100 Helsinki", "address", "Kaivokatu 1"),
        ("kaivokatu 1 b", "address", "Kaivokatu 1"),
        ("Brunnsgatan 1", "address", "Kaivokatu 1"),
        ("Alexandersgatan 52", "address", "Aleksanterinkatu 52"),
        ("yrjonkatu 30", "address", "Yrjönkatu 30"),
        ("mannerheiminite 16", "address", "Mannerheimintie 16"),
        ("Mannerheimintie 22", "address", "Mannerheimintie 22-24"),
        ("Mannerheimintie 22–24", "address", "Mannerheimintie 22-24"),
    ],
)
def test_people_find_the_place_they_mean(query: str, kind: str, identity: str) -> None:
    found = best(query)
    assert (found.raw["kind"], found.raw["id"]) == (kind, identity)


@pytest.mark.parametrize(
    ("query", "label"), [("platform 3", "Platform 3"), ("laituri 3", "Platform 3"), ("lockers", "Luggage lockers")]
)
def test_a_place_inside_a_venue_is_found_by_its_label(query: str, label: str) -> None:
    found = best(query)
    assert (found.raw["kind"], found.raw["label"]) == ("place", label)
    assert found.raw["venue_id"] == "helsinki-central-railway-station"


def test_a_metro_entrance_is_found_in_finnish() -> None:
    assert best("sisäänkäynti A Rautatientori").raw["label"] == "Entrance A"


@pytest.mark.parametrize("typed", ["K7QD", "k7qd", " k7qd "])
def test_a_place_code_answers_with_its_place_alone(typed: str) -> None:
    found = GAZETTEER.geocode(typed, exactly_one=False)
    assert isinstance(found, list)
    assert [(place.raw["code"], place.raw["label"]) for place in found] == [("K7QD", "Main hall")]


def test_typing_narrows_down_to_the_street() -> None:
    typed = "aleksanterinkatu"
    for length in range(6, len(typed) + 1):
        offered = GAZETTEER.geocode(typed[:length], exactly_one=False)
        assert isinstance(offered, list)
        assert any(place.raw["id"] == "Aleksanterinkatu" for place in offered), typed[:length]


def test_an_unknown_house_number_gives_the_nearest_one_and_says_so() -> None:
    found = best("Pohjoisesplanadi 999")
    assert found.raw["nearest"] is True
    assert found.raw["street"] == "Pohjoisesplanadi"
    assert "nearest" not in best("Pohjoisesplanadi 33").raw


@pytest.mark.parametrize("query", ["", "   ", "xyzzy plugh", "!!!", "a" * 5000, "Helsinki", "\x00", "999999"])
def test_nonsense_finds_nothing(query: str) -> None:
    assert GAZETTEER.geocode(query) is None
    assert GAZETTEER.geocode(query, exactly_one=False) is None


def test_results_are_geopy_locations_within_the_limit_and_best_first() -> None:
    found = GAZETTEER.geocode("kaivokatu", exactly_one=False, limit=3, timeout=1)
    assert isinstance(found, list)
    assert 1 <= len(found) <= 3
    scores = [place.raw["score"] for place in found]
    assert scores == sorted(scores, reverse=True)
    assert all(isinstance(place, Location) and place.address for place in found)
    assert all(isinstance(place.raw["name"], str) for place in found)


def test_no_place_is_offered_twice() -> None:
    found = GAZETTEER.geocode("Kaivokatu 1", exactly_one=False, limit=50)
    assert isinstance(found, list)
    keys = [(place.raw["kind"], place.raw["id"]) for place in found]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("point", [MAIN_HALL, "60.17125, 24.94125", [60.17125, 24.94125]])
def test_reverse_names_what_is_nearest(point: object) -> None:
    found = GAZETTEER.reverse(point)
    assert isinstance(found, Location)
    assert found.raw["code"] == "K7QD"
    assert found.raw["distance_m"] == 0.0


def test_reverse_lists_places_in_reach_with_their_distance_in_metres() -> None:
    found = GAZETTEER.reverse(MAIN_HALL, exactly_one=False, limit=6)
    assert isinstance(found, list)
    assert len(found) == 6
    for place in found:
        assert place.raw["distance_m"] == pytest.approx(geodesic(MAIN_HALL, place.point).meters, abs=0.1)
        assert place.raw["distance_m"] <= 250


def test_reverse_far_away_finds_nothing_and_refuses_what_is_no_point() -> None:
    assert GAZETTEER.reverse((60.3, 24.9)) is None
    assert GAZETTEER.reverse((60.3, 24.9), exactly_one=False) is None
    with pytest.raises(ValueError, match=r"."):
        GAZETTEER.reverse("somewhere")


def test_what_is_found_lies_where_reverse_finds_it_again() -> None:
    for query in ("Kaivokatu 1", "Stockmann", "platform 3"):
        place = best(query)
        again = GAZETTEER.reverse(place.point, exactly_one=False)
        assert isinstance(again, list)
        assert place.raw["id"] in {other.raw["id"] for other in again}


def test_the_gazetteer_has_no_way_to_the_network() -> None:
    with pytest.raises(GeocoderServiceError):
        GAZETTEER.adapter.get_json("https://geo.example.org", timeout=1, headers={})
    with pytest.raises(GeocoderServiceError):
        GAZETTEER.adapter.get_text("https://geo.example.org", timeout=1, headers={})


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_answered_without_an_error(query: str) -> None:
    found = GAZETTEER.geocode(query, exactly_one=False)
    assert found is None or all(0 < place.raw["score"] <= 1 for place in found)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["rautatientori", "kauppatori", "stockmann", "senaatintori", "mannerheimintie"]), st.data())
def test_one_wrong_letter_is_forgiven(name: str, data: st.DataObject) -> None:
    spot = data.draw(st.integers(1, len(name) - 1))
    letter = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz"))
    found = GAZETTEER.geocode(name[:spot] + letter + name[spot + 1 :], exactly_one=False)
    assert isinstance(found, list)
    assert any(place.raw["name"].lower().startswith(name) for place in found)


def test_the_default_setting_is_the_gazetteer() -> None:
    made = geocoder_from(Settings().geocoder)
    assert isinstance(made, GazetteerGeocoder)
    assert isinstance(made, Geocoder)
    assert isinstance(geocoder_from(f"gazetteer:{DEMO_CITY}"), GazetteerGeocoder)


def test_a_setting_can_name_another_geocoder_of_geopy() -> None:
    made = geocoder_from("nominatim?domain=geo.example.org&user_agent=city-safety&timeout=2.5")
    assert isinstance(made, Nominatim)
    assert made.domain == "geo.example.org"
    assert made.timeout == 2.5


def test_another_geocoder_uses_the_http_client_it_is_given() -> None:
    adapter = type(GAZETTEER.adapter)
    made = geocoder_from("nominatim?domain=geo.example.org&user_agent=x", adapter_factory=adapter)
    assert isinstance(made.adapter, adapter)
    with pytest.raises(GeocoderServiceError):
        made.geocode("Kaivokatu 1")


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("atlantis", "atlantis"),
        ("nominatim?colour=blue", "options"),
        ("gazetteer:/nowhere/at/all", "/nowhere/at/all"),
        ("", "geopy"),
    ],
)
def test_a_bad_setting_is_refused_with_one_clear_line(setting: str, says: str) -> None:
    with pytest.raises(ConfigurationError, match=says) as refused:
        geocoder_from(setting)
    assert "\n" not in str(refused.value)
