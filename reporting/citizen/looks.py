"""The friendly question back: whether a plain form only tells how somebody looks. With scripting the phone asks it itself."""

import json
from functools import lru_cache
from pathlib import Path

from werkzeug.datastructures import MultiDict

from reporting.domain.languages import BY_CODE
from reporting.domain.looks import Looks, looks_of, only_looks

FOLDER = Path(__file__).parent.parent / "static" / "looks"
ASKED_OF = "suspicious_behaviour"
TEXTS = ("description", f"{ASKED_OF}.why_unusual", f"{ASKED_OF}.appearance")


def wants_act(values: MultiDict[str, str], language: str) -> bool:
    """Whether to ask once what the person did: a text about looks alone, no act chosen, and not asked before."""
    if values.get("category") != ASKED_OF or values.get("asked_for_act") or values.getlist(f"{ASKED_OF}.behaviours"):
        return False
    return only_looks(" ".join(values.get(name, "") for name in TEXTS), _looks(language))


@lru_cache(maxsize=len(BY_CODE))
def _looks(language: str) -> Looks:
    path = FOLDER / f"{language}.json"
    return looks_of(**json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else Looks(frozenset(), frozenset())
