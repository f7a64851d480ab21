"""Where pictures lie: sealed files in one folder, each written whole or not at all.

A file is written beside its place under a name that nobody reads, brought to the disk, and then renamed: a crash leaves the old
state or the new one, and at most a stray that the sweep takes away. Names are random ids of ours and never come from outside.
"""

import errno
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from reporting.adapters.sealed_streams import SealedReader, SealedWriter
from reporting.adapters.seals import Place, SealBroken, Seals
from reporting.domain.errors import NoRoom, StoreAway
from reporting.domain.pictures import Variant

BLOCK: Final = 256 * 1024
SALT_BYTES: Final = 32
UNFINISHED: Final = "unfinished"
PIECE: Final = "piece"
STRAY_SECONDS: Final = 3600.0
"""A file without a row may be one whose row is being written; after an hour it is a stray."""
FULL: Final = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))


@dataclass(frozen=True, slots=True)
class PiecePlace:
    """A piece of an unfinished picture: its own id, the upload's, and the bytes of the picture from `begins` up to `ends`. All of
    it is sealed in: a piece opens at its own place in its own picture and nowhere else."""

    id: uuid.UUID
    upload_id: uuid.UUID
    begins: int
    ends: int

    @property
    def length(self) -> int:
        """Bytes of the picture."""
        return self.ends - self.begins


class PictureStore:
    """Sealed files by id and variant, and pieces of unfinished pictures. Every method but `ids` raises NoRoom for a full disk and
    StoreAway for one that fails."""

    def __init__(self, folder: Path, seals: Seals, keep_free: int) -> None:
        """`keep_free`: bytes of the disk that pictures leave to others, such as the database beside them."""
        self.folder = folder
        self._seals = seals
        self._keep_free = keep_free

    def put(self, picture: uuid.UUID, variant: Variant, source: BinaryIO, length: int) -> None:
        """Keeps `length` bytes of the source from its beginning; replaces what stood there."""
        self._put((self._path(picture, variant), self._place(picture, variant)), source, length)

    def open(self, picture: uuid.UUID, variant: Variant) -> SealedReader:
        """The plain bytes, to be closed by who reads them; raises FileNotFoundError where there is no such file."""
        return self._open(self._path(picture, variant), self._place(picture, variant))

    def put_piece(self, piece: PiecePlace, source: BinaryIO) -> None:
        """Keeps as many bytes of the source from its beginning as the piece has."""
        self._put((self._path(piece.id, PIECE), self._piece(piece)), source, piece.length)

    def open_piece(self, piece: PiecePlace) -> SealedReader:
        """As `open`, for a piece; raises SealBroken where the file is gone, another piece, or of another length."""
        try:
            found = self._open(self._path(piece.id, PIECE), self._piece(piece))
        except FileNotFoundError:
            raise SealBroken("gone") from None
        if found.length != piece.length:
            found.close()
            raise SealBroken("of another length")
        return found

    def holds(self, picture: uuid.UUID, variant: Variant) -> bool:
        """Whether there is such a file."""
        return self._path(picture, variant).exists()

    def remove(self, picture: uuid.UUID, *variants: Variant) -> int:
        """Deletes files of a picture, those of these variants or all; returns how many there were."""
        count = 0
        for name in variants or ("original", "working", "thumbnail", "blurred", PIECE):
            try:
                self._path(picture, name).unlink()
                count += 1
            except FileNotFoundError:
                continue
            except OSError as error:
                raise _trouble(error) from error
        return count

    def require_room(self, length: int) -> None:
        """Raises NoRoom where so many bytes more would leave too little."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            free = shutil.disk_usage(self.folder).free
        except OSError as error:
            raise _trouble(error) from error
        if free - length < self._keep_free:
            raise NoRoom

    def ids(self, now: float | None = None) -> Iterator[set[uuid.UUID]]:
        """Ids of all pictures with a file that has been there for an hour, shelf by shelf; takes away what was never finished.
        `now`: seconds since 1970."""
        before = (time.time() if now is None else now) - STRAY_SECONDS
        for stray in _older(self.folder / UNFINISHED, before):
            stray.unlink(missing_ok=True)
        for shelf in sorted(self.folder.glob("[0-9a-f][0-9a-f]")):
            yield {found for path in _older(shelf, before) if (found := _id_of(path))}

    def _open(self, path: Path, place: bytes) -> SealedReader:
        try:
            file = path.open("rb")
        except FileNotFoundError:
            raise
        except OSError as error:
            raise _trouble(error) from error
        salt = file.read(SALT_BYTES)
        try:
            return SealedReader(file, self._cipher(salt), place, begins=SALT_BYTES)
        except SealBroken:
            file.close()
            raise

    def _put(self, named: tuple[Path, bytes], source: BinaryIO, length: int) -> None:
        try:
            self._put_file(named, source, length)
        except OSError as error:
            raise _trouble(error) from error

    def _put_file(self, named: tuple[Path, bytes], source: BinaryIO, length: int) -> None:
        self.require_room(length)
        place, sealed_in = named
        unfinished = self.folder / UNFINISHED / f"{place.name}.{uuid.uuid4().hex}"
        for folder in (unfinished.parent, place.parent):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with unfinished.open("xb") as file:
                os.fchmod(file.fileno(), 0o600)
                self._write(file, sealed_in, source, length)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(place)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        _bring_to_disk(place.parent)

    def _write(self, file: BinaryIO, place: bytes, source: BinaryIO, length: int) -> None:
        salt = os.urandom(SALT_BYTES)
        file.write(salt)
        writer = SealedWriter(file, self._cipher(salt), place)
        source.seek(0)
        while writer.length < length:
            block = source.read(min(BLOCK, length - writer.length))
            if not block:
                raise EOFError("the source is shorter than it was said to be")
            writer.write(block)
        writer.finish()

    def _path(self, picture: uuid.UUID, variant: str) -> Path:
        return self.folder / picture.hex[:2] / f"{picture.hex}.{variant}"

    def _cipher(self, salt: bytes) -> AESGCM:
        return self._seals.own_key("picture", salt.hex())

    def _place(self, picture: uuid.UUID, variant: Variant) -> bytes:
        return Place("picture", variant, str(picture)).associated_data(self._seals.key_id)

    def _piece(self, piece: PiecePlace) -> bytes:
        stands = Place("picture_piece", f"{piece.begins}-{piece.ends}", f"{piece.upload_id}/{piece.id}")
        return stands.associated_data(self._seals.key_id)


def _trouble(error: OSError) -> NoRoom | StoreAway:
    return NoRoom() if error.errno in FULL else StoreAway()


def _older(folder: Path, before: float) -> Iterator[Path]:
    """Files of a folder that nobody has touched since; one that goes away meanwhile is none."""
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    for entry in entries:
        try:
            if entry.is_file(follow_symlinks=False) and entry.stat(follow_symlinks=False).st_mtime < before:
                yield Path(entry.path)
        except FileNotFoundError:
            continue


def _id_of(path: Path) -> uuid.UUID | None:
    try:
        return uuid.UUID(hex=path.name.partition(".")[0])
    except ValueError:
        return None


def _bring_to_disk(folder: Path) -> None:
    """A rename is on the disk when its folder is."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
