"""Parameters as data: written, read again, and refused when they make no sense."""

import json

import pytest

from worker.grouping.parameters import DEFAULT_PARAMETERS, KINDS, Parameters, Window, read_parameters


def test_parameters_survive_json() -> None:
    fitted = Parameters(version="x-1", types={"Pothole": Window(3600.0, distance_m=30.0, quiet_s=86400.0)})
    assert read_parameters(json.loads(json.dumps(fitted.as_json()))) == fitted
    assert read_parameters({}) == DEFAULT_PARAMETERS


def test_one_kind_can_be_set_and_the_others_stay() -> None:
    changed = read_parameters({"kinds": {"drone": {"window_s": 60}}})
    assert changed.window("drone").window_s == 60
    assert changed.window("tampering") == KINDS["tampering"]


def test_a_calibrated_type_goes_before_a_kind_and_unknown_kinds_are_cautious() -> None:
    changed = read_parameters({"types": {"drone": {"window_s": 60}}})
    assert changed.window("drone").window_s == 60
    assert changed.window("never heard of") == DEFAULT_PARAMETERS.unknown


@pytest.mark.parametrize(
    "data",
    [
        {"surprise": 1},
        {"types": {"a": {"window_s": -1}}},
        {"types": {"a": {"window_s": "long"}}},
        {"types": {"a": {"distance_m": 5}}},
        {"types": {"a": {"window_s": 5, "colour": "red"}}},
        {"unknown": {"window_s": True}},
    ],
)
def test_senseless_parameters_are_refused(data: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"\w+ .*"):
        read_parameters(data)
