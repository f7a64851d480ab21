"""Reads from a picture's bytes what it is and how large, without decoding any of it. Every byte is hostile.

Only lengths and markers are followed, and nothing is kept but one block: a file of 25 MB costs one pass over it. Sources: ITU-T
T.81 annex B (JPEG), PNG third edition, RFC 9649 (WebP), ISO/IEC 14496-12 and 23008-12 (HEIC).
"""

import re
from collections.abc import Callable
from typing import Any, BinaryIO, Final
from zlib import crc32

from reporting.domain.pictures import NAMES, Header, Kind, NoPicture, require_size, taken_kinds

BLOCK: Final = 64 * 1024
FIRST: Final = 32
PNG: Final = b"\x89PNG\r\n\x1a\n"
HEIC_BRANDS: Final = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"))
SIZED: Final = frozenset((0xC0, 0xC1, 0xC2))
"""Frames of the kinds that cameras write: baseline, extended, progressive."""
OTHER_FRAMES: Final = frozenset(range(0xC3, 0xD0)) - {0xC4, 0xC8, 0xCC}
BARE: Final = frozenset((0xDA, 0xD9))
_MARKER: Final = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")
"""The end of coded data: stuffed bytes and restart markers belong to it."""
MOST_STEPS: Final = 16_384
"""Segments or chunks in one file: some dozens in a JPEG, some thousands in a PNG of 25 MB."""
MOST_FILLING: Final = 64
DEEPEST: Final = 4

CUT_OFF: Final = "The picture is not whole. Please send it again."
BROKEN: Final = "The picture is broken."
MOVING: Final = "Moving pictures are not taken. Please send a still one."


def read_header(file: BinaryIO, length: int, heic: bool = False) -> Header:
    """What the file says of itself. `length` is its size in bytes; the file is read from its beginning and left anywhere.

    Raises NoPicture: another kind of file, cut off, broken, moving, or too many pixels.
    """
    file.seek(0)
    first = file.read(FIRST)
    kind = _kind(first)
    if kind not in taken_kinds(heic):
        raise NoPicture("type", _not_taken(kind, first, heic))
    readers: dict[Kind, Callable[[BinaryIO, int], tuple[int, int, int]]] = {
        "jpeg": _jpeg,
        "png": _png,
        "webp": _webp,
        "heic": _heic,
    }
    width, height, end = readers[kind](file, length)
    require_size(width, height)
    return Header(kind, width, height, end)


def _kind(first: bytes) -> Kind | None:
    if first.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if first.startswith(PNG):
        return "png"
    if first[:4] == b"RIFF" and first[8:12] == b"WEBP":
        return "webp"
    return "heic" if first[4:8] == b"ftyp" and first[8:12] in HEIC_BRANDS else None


def _not_taken(kind: Kind | None, first: bytes, heic: bool) -> str:
    if kind == "heic":
        return "HEIC pictures are not taken here. Please send it as JPEG: most phones can save or share it so."
    if first[:6] in (b"GIF87a", b"GIF89a"):
        return "GIF pictures are not taken. Please send a JPEG, PNG or WebP picture."
    if not first:
        return "There is no picture in what was sent."
    known = [NAMES[each] for each in taken_kinds(heic)]
    return f"This is no picture that we can take. Please send {', '.join(known[:-1])} or {known[-1]}."


def _exactly(file: BinaryIO, count: int) -> bytes:
    found = file.read(count)
    if len(found) < count:
        raise NoPicture("truncated", CUT_OFF)
    return found


def _number(octets: bytes, little: bool = False) -> int:
    return int.from_bytes(octets, "little" if little else "big")


# --- JPEG


def _jpeg(file: BinaryIO, length: int) -> tuple[int, int, int]:
    """Width, height, and where the first picture ends: what stands behind it (a film, a second frame) is not part of it."""
    width = height = 0
    file.seek(2)
    for _ in range(MOST_STEPS):
        marker = _next_marker(file)
        if marker == 0xD9:
            if not width:
                raise NoPicture("broken", BROKEN)
            return width, height, file.tell()
        if marker in OTHER_FRAMES:
            raise NoPicture("broken", "This kind of JPEG is not taken. Please send an ordinary one.")
        size = _number(_exactly(file, 2))
        if size < 2 or file.tell() + size - 2 > length:
            raise NoPicture("broken" if size < 2 else "truncated", BROKEN if size < 2 else CUT_OFF)
        if marker in SIZED:
            if width:
                raise NoPicture("broken", BROKEN)
            frame = _exactly(file, 6)
            width, height = _number(frame[3:5]), _number(frame[1:3])
            require_size(width, height)
            size -= 6
        file.seek(size - 2, 1)
        if marker == 0xDA:
            if not width:
                raise NoPicture("broken", BROKEN)
            _skip_coded(file)
    raise NoPicture("broken", BROKEN)


def _next_marker(file: BinaryIO) -> int:
    """The marker at this place; bytes of filling may stand before it."""
    if _exactly(file, 1) != b"\xff":
        raise NoPicture("broken", BROKEN)
    for _ in range(MOST_FILLING):
        found = _exactly(file, 1)[0]
        if found != 0xFF:
            if found in (0x00, 0x01, 0xD8) or 0xD0 <= found <= 0xD7:
                raise NoPicture("broken", BROKEN)
            return found
    raise NoPicture("broken", BROKEN)


def _skip_coded(file: BinaryIO) -> None:
    """Goes on to the marker that ends the coded data."""
    kept = b""
    while block := file.read(BLOCK):
        looked_at = kept + block
        found = _MARKER.search(looked_at)
        if found:
            file.seek(found.start() - len(looked_at), 1)
            return
        kept = looked_at[len(looked_at.rstrip(b"\xff")) :][-1:]
    raise NoPicture("truncated", CUT_OFF)


# --- PNG


def _png(file: BinaryIO, length: int) -> tuple[int, int, int]:
    file.seek(len(PNG))
    head = _exactly(file, 25)
    if head[:8] != b"\x00\x00\x00\rIHDR" or crc32(head[4:21]) != _number(head[21:]):
        raise NoPicture("broken", BROKEN)
    width, height = _number(head[8:12]), _number(head[12:16])
    require_size(width, height)
    drawn = False
    for _ in range(MOST_STEPS):
        front = _exactly(file, 8)
        size, name = _number(front[:4]), front[4:]
        if name == b"acTL":
            raise NoPicture("animated", MOVING)
        if size > length - file.tell() - 4:
            raise NoPicture("truncated", CUT_OFF)
        file.seek(size + 4, 1)
        drawn = drawn or name == b"IDAT"
        if name == b"IEND":
            if not drawn:
                raise NoPicture("broken", BROKEN)
            return width, height, file.tell()
    raise NoPicture("broken", BROKEN)


# --- WebP


def _webp(file: BinaryIO, length: int) -> tuple[int, int, int]:
    file.seek(0)
    front = _exactly(file, 12)
    end = _number(front[4:8], little=True) + 8
    if end > length:
        raise NoPicture("truncated", CUT_OFF)
    width, height = _webp_size(file)
    require_size(width, height)
    for _ in range(MOST_STEPS):
        if file.tell() + 8 > end:
            return width, height, end
        chunk = _exactly(file, 8)
        if chunk[:4] in (b"ANIM", b"ANMF"):
            raise NoPicture("animated", MOVING)
        size = _number(chunk[4:], little=True)
        file.seek(size + size % 2, 1)
    raise NoPicture("broken", BROKEN)


def _webp_size(file: BinaryIO) -> tuple[int, int]:
    """Reads the first chunk's beginning and goes back to where that chunk stands."""
    chunk = _exactly(file, 8)
    begun = _exactly(file, 10)
    file.seek(-18, 1)
    if chunk[:4] == b"VP8X":
        if begun[0] & 2:
            raise NoPicture("animated", MOVING)
        return _number(begun[4:7], little=True) + 1, _number(begun[7:10], little=True) + 1
    if chunk[:4] == b"VP8L" and begun[0] == 0x2F:
        bits = _number(begun[1:5], little=True)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk[:4] == b"VP8 " and begun[3:6] == b"\x9d\x01\x2a":
        return _number(begun[6:8], little=True) & 0x3FFF, _number(begun[8:10], little=True) & 0x3FFF
    raise NoPicture("broken", BROKEN)


# --- HEIC

_INSIDE: Final = {b"meta": 4, b"iprp": 0, b"ipco": 0}
"""Boxes that lead to the sizes, and how many bytes stand before the boxes within."""


def _heic(file: BinaryIO, length: int) -> tuple[int, int, int]:
    """The largest of the sizes that are told: a picture of tiles tells the tiles' as well."""
    sizes: list[tuple[int, int]] = []
    _boxes(file, range(length), sizes, DEEPEST)
    if not sizes:
        raise NoPicture("broken", BROKEN)
    return (*max(sizes, key=lambda size: size[0] * size[1]), length)


def _boxes(file: BinaryIO, within: range, sizes: list[tuple[int, int]], deeper: int) -> None:
    at, end, steps = within.start, within.stop, 0
    while at + 8 <= end:
        if not deeper or steps == MOST_STEPS:
            raise NoPicture("broken", BROKEN)
        file.seek(at)
        front = _exactly(file, 8)
        size, name = _number(front[:4]), front[4:]
        size = end - at if size == 0 else _number(_exactly(file, 8)) if size == 1 else size
        if size < 8 or at + size > end:
            raise NoPicture("truncated", CUT_OFF)
        if name == b"moov":
            raise NoPicture("animated", MOVING)
        if name in _INSIDE:
            _boxes(file, range(at + 8 + _INSIDE[name], at + size), sizes, deeper - 1)
        elif name == b"ispe" and size >= 20:
            file.seek(at + 12)
            sizes.append((_number(_exactly(file, 4)), _number(_exactly(file, 4))))
        at, steps = at + size, steps + 1


# --- our own copies

_PLAIN_SEGMENTS: Final = frozenset((0xC0, 0xC2, 0xC4, 0xDB, 0xDA, 0xDD, 0xE0))
JFIF: Final = 16


def require_bare(copy: bytes, longest: int, open_file: Callable[[bytes], Any]) -> tuple[int, int]:
    """Width and height of one of our own copies; raises NoPicture unless it is a JPEG of that size which holds a picture and
    nothing else: no comment, no metadata, no colour profile, nothing behind its end."""
    file = open_file(copy)
    header = read_header(file, len(copy))
    if header.kind != "jpeg" or header.length != len(copy) or max(header.width, header.height) > longest:
        raise NoPicture("broken", BROKEN)
    file.seek(2)
    while (marker := _next_marker(file)) != 0xD9:
        size = _number(_exactly(file, 2))
        if marker not in _PLAIN_SEGMENTS or (marker == 0xE0 and size != JFIF):
            raise NoPicture("broken", BROKEN)
        file.seek(size - 2, 1)
        if marker == 0xDA:
            _skip_coded(file)
    return header.width, header.height
