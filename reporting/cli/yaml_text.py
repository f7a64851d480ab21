"""JSON values as YAML 1.2 that people like to read: blocks, plain words where they are safe, the given order, no aliases.

The description of the API is all that is written as YAML, and the run-time lock holds no YAML library.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

INDENT: Final = "  "
_PLAIN: Final = re.compile(r"[A-Za-z_/][A-Za-z0-9_./{}-]*( [A-Za-z0-9_./({][A-Za-z0-9_./(){};,'-]*)*")
_WORDS_WITH_MEANING: Final = frozenset(("null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf"))


def yaml_text(value: Any) -> str:
    """The value as a document with a newline at its end. Numbers, texts, booleans, null, lists and string-keyed dicts."""
    return "\n".join(_block(value, "")) + "\n"


def _block(value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _entry(f"{indent}{_text(str(key))}:", inner, indent)
    elif isinstance(value, list) and value:
        for inner in value:
            yield from _item(inner, indent)
    else:
        yield indent + _scalar(value)


def _entry(head: str, value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, dict | list) and value:
        yield head
        yield from _block(value, indent + INDENT)
    elif isinstance(value, str) and _is_prose(value):
        yield head + (" |-" if not value.endswith("\n") else " |+" if value.endswith("\n\n") else " |")
        yield from (f"{indent}{INDENT}{line}".rstrip() for line in value.removesuffix("\n").split("\n"))
    else:
        yield f"{head} {_scalar(value)}"


def _item(value: Any, indent: str) -> Iterator[str]:
    """A list's item begins on the line of its dash."""
    lines = list(_block(value, indent + INDENT))
    yield f"{indent}- {lines[0][len(indent + INDENT) :]}"
    yield from lines[1:]


def _is_prose(text: str) -> bool:
    """Lines that may stand as they are: nothing that cannot be printed, no blank at an edge that would get lost."""
    lines = text.removesuffix("\n").split("\n")
    return (
        len(lines) > 1
        and all(line.isprintable() and line == line.rstrip() for line in lines)
        and lines[0].strip() == lines[0] != ""
    )


def _scalar(value: Any) -> str:
    return _text(value) if isinstance(value, str) else json.dumps(value)


def _text(text: str) -> str:
    """Plain where nothing in it could be read as anything else, else in JSON's quotes, which YAML shares."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS_WITH_MEANING:
        return text
    return json.dumps(text, ensure_ascii=not text.isprintable())
