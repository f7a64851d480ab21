"""The mark of what browsers are served: a hash over styles, scripts, pages and words, so that no two states of them can mix."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
SERVED: Final = ("static/css", "static/js", "static/icons", "static/vendor", "templates", "citizen", "venue", "translations")
NOT_SERVED: Final = frozenset((".pyc", ".pot"))
LETTERS: Final = 12


@cache
def release() -> str:
    """Twelve hexadecimal digits, the same in every process that serves the same files."""
    digest = hashlib.sha256()
    for path in sorted(path for folder in SERVED for path in (ROOT / folder).rglob("*")):
        if path.is_file() and path.suffix not in NOT_SERVED:
            digest.update(f"{path.relative_to(ROOT)}\n".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:LETTERS]


@cache
def scripts(folder: str) -> tuple[str, ...]:
    """Names of the scripts in a folder of `static/`, below `static/`, in order."""
    files = sorted((ROOT / "static" / folder).iterdir())
    return tuple(f"{folder}/{path.name}" for path in files if path.suffix in (".mjs", ".js"))
