"""What stands on every public page is checked when the system starts, with one clear line."""

from pathlib import Path

import pytest

from reporting.bootstrap import require_readable
from reporting.config import LARGEST_LOGO_BYTES, ConfigurationError, read_settings


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("EMERGENCY_APP", "http://relay.example"),
        ("EMERGENCY_APP", "javascript:alert(1)"),
        ("EMERGENCY_NUMBER", "112;ext=1"),
        ("EMERGENCY_TEXT", "tel:114"),
        ("DEPLOYER_LOGO", "/nowhere/logo.svg"),
        ("DEPLOYER_LOGO", "/etc/passwd"),
    ],
)
def test_what_nobody_could_read_or_call_is_refused(variable: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=variable):
        read_settings({variable: value})


@pytest.mark.parametrize("colour", ["teal", "#FFE08A"])
def test_a_colour_nobody_could_read_on_is_refused(colour: str) -> None:
    with pytest.raises(ConfigurationError, match="DEPLOYER_COLOUR"):
        require_readable(read_settings({"DEPLOYER_COLOUR": colour}))


def test_a_heavy_logo_is_refused(tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    logo.write_bytes(b"x" * (LARGEST_LOGO_BYTES + 1))
    with pytest.raises(ConfigurationError, match="every first visit"):
        read_settings({"DEPLOYER_LOGO": str(logo)})


def test_silent_ways_colour_and_logo_are_taken(tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    logo.write_bytes(b"x")
    told = {
        "EMERGENCY_TEXT": "+358 112",
        "EMERGENCY_APP": "https://relay.example",
        "DEPLOYER_COLOUR": "#5B2C83",
        "DEPLOYER_LOGO": str(logo),
    }
    settings = read_settings(told)
    assert (settings.emergency_text, settings.deployer_logo) == ("+358 112", str(logo))
