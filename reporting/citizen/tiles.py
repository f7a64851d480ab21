"""The tiles of the first question: three usual things in everyday words, the other categories behind "Something else"."""

from dataclasses import dataclass

from flask_babel import gettext as _

from reporting.domain.categories import BY_CODE, CATEGORIES


@dataclass(frozen=True, slots=True)
class Tile:
    """One choice: the category it stands for, its words and the name of its drawing."""

    code: str
    label: str
    help: str
    icon: str


def first_tiles() -> list[Tile]:
    """What people see most, in the words they use."""
    words = {
        "unattended_item": _("A bag or item left alone"),
        "suspicious_behaviour": _("Someone acting unusually"),
        "suspicious_vehicle": _("A vehicle that worries me"),
    }
    return [Tile(code, label, "", BY_CODE[code].icon) for code, label in words.items()]


def more_tiles() -> list[Tile]:
    """Every category that has no tile of its own on the first screen, with its help."""
    first = {tile.code for tile in first_tiles()}
    return [_tile(category.code) for category in CATEGORIES if category.code not in first]


def _tile(code: str) -> Tile:
    category = BY_CODE[code]
    label = _("None of these") if code == "other" else _(category.label)
    return Tile(code, label, _(category.help), category.icon)
