"""The mark of what browsers are served: a hash over styles, scripts, pages and words, so that no two states of them can mix."""

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
SERVED: Final = ("static/css", "static/js", "static/icons", "static/vendor", "templates", "citizen", "venue", "translations")
NOT_SERVED: Final = frozenset((".pyc", ".pot"))
LETTERS: Final = 12
STATIC: Final = ROOT / "static"
IMPORTED: Final = re.compile(r"""(?:from|import)\s*\(?\s*["']\./([\w.-]+\.m?js)["']""")


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
def modules(start: str, without: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The script `start` and all it imports, now or later, by relative address, but for those left out; names below `static/`."""
    found: dict[str, None] = {}
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name in found or name in without:
            continue
        found[name] = None
        folder = Path(name).parent
        waiting += [str(folder / imported) for imported in IMPORTED.findall((STATIC / name).read_text(encoding="utf-8"))]
    return tuple(sorted(found))


def served(name: str) -> bool:
    """Whether this release has such a file below `static/`."""
    return (STATIC / name).is_file()
