"""Pictures for tests, made with Pillow: plain ones, those of phones with all that hangs on them, and hostile ones."""

import base64
import hashlib
import io
import struct
import uuid
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image, ImageCms
from PIL.TiffImagePlugin import IFDRational
from sqlalchemy import Engine, text

from reporting import jobs
from reporting.adapters.picture_store import PictureStore
from reporting.bootstrap import adapters
from tests.cast import a_report, new_key
from worker.line import run_errands

HERE = (60.169, 24.94)


def drawn(width: int = 320, height: int = 200, mode: str = "RGB") -> Image.Image:
    """Four quarters: red and green above, blue and white below."""
    picture = Image.new("RGB", (width, height), "white")
    for colour, box in (("red", (0, 0)), ("lime", (width // 2, 0)), ("blue", (0, height // 2))):
        picture.paste(colour, (*box, box[0] + width // 2, box[1] + height // 2))
    return picture.convert(mode)


def saved(picture: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """The bytes of a file."""
    written = io.BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()


def jpeg(width: int = 320, height: int = 200, **options: Any) -> bytes:
    return saved(drawn(width, height), quality=95, **options)


def exif(orientation: int = 1, point: tuple[float, float] | None = HERE) -> Image.Exif:
    """Metadata as a phone writes it: maker, model, time, position, and how it was held."""
    found = Image.Exif()
    found[0x010F], found[0x0110], found[0x0132], found[0x0112] = "Quokka", "Phone 9", "2026:11:22 09:15:00", orientation
    if point is not None:
        lat, lon = (tuple(IFDRational(round(part * 10**6), 10**6) for part in (each, 0, 0)) for each in point)
        found.get_ifd(0x8825).update({1: "N", 2: lat, 3: "E", 4: lon})
    return found


def icc() -> bytes:
    """A colour profile."""
    profile: bytes = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile


def of_phone(orientation: int = 1) -> bytes:
    """A JPEG with metadata, a colour profile and a comment."""
    return jpeg(exif=exif(orientation), icc_profile=icc(), comment=b"quokka was here")


def motion_photo() -> bytes:
    """A JPEG with a film behind its end, as Android phones write it."""
    film = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"quokka film" * 5000
    return of_phone() + film


def two_frames() -> bytes:
    """A multi-picture JPEG (MPO): the picture, and a second one behind it."""
    return saved(drawn(), "MPO", save_all=True, append_images=[drawn(64, 40)], exif=exif())


def chunk(name: bytes, data: bytes) -> bytes:
    """A chunk of a PNG, with its check sum."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_that_says(width: int, height: int, more: bytes = b"") -> bytes:
    """A small PNG that claims to be large."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + more + chunk(b"IDAT", zlib.compress(b"\x00" * 4096)) + chunk(b"IEND", b"")


def broken_png() -> bytes:
    """A PNG whose head is right and whose pixels are no pixels."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", b"no pixels") + chunk(b"IEND", b"")


def large_jpeg(length: int) -> bytes:
    """A right JPEG of this many bytes: a small picture behind a long train of comments."""
    plain = jpeg()
    full = b"\xff\xfe\xff\xff" + bytes(65533)
    missing = length - len(plain)
    whole, rest = divmod(missing - 4, len(full))
    last = b"\xff\xfe" + struct.pack(">H", rest + 2) + bytes(rest)
    return plain[:2] + full * whole + last + plain[2:]


def filed(client: FlaskClient, **told: Any) -> dict[str, Any]:
    """A report through the public door."""
    answer = client.post("/api/v1/reports", json=a_report(**told), headers=new_key())
    assert answer.status_code == 201
    return answer.get_json()  # type: ignore[no-any-return]


def send(client: FlaskClient, report: dict[str, Any], data: bytes, n: int = 1, **headers: str) -> Any:
    """One picture for a report, with its receipt."""
    address = f"/api/v1/reports/{report['id']}/pictures/{n}"
    return client.put(address, data=data, headers={"Receipt-Code": report["receipt_code"], **headers})


def digest(data: bytes) -> str:
    """A picture's digest as its pieces name it."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(data).digest()).decode()}:"


def of_piece(data: bytes, begins: Any, *, last: bool = False) -> dict[str, str]:
    """The headers of a piece of this picture."""
    kind = {"Content-Type": "application/partial-upload", "Repr-Digest": digest(data)}
    return {**kind, "Upload-Offset": str(begins), "Upload-Complete": "?1" if last else "?0"}


def send_piece(
    client: FlaskClient,
    report: dict[str, Any],
    data: bytes,
    begins: int,
    ends: int | None = None,
    *,
    n: int = 1,
    last: bool = False,
    **headers: str,
) -> Any:
    """The bytes of a picture from `begins` up to `ends`, with the report's receipt."""
    address = f"/api/v1/reports/{report['id']}/pictures/{n}/upload"
    told = {"Receipt-Code": report["receipt_code"], **of_piece(data, begins, last=last), **headers}
    return client.patch(address, data=data[begins:ends], headers=told)


def picture_id(owner: Engine, report: dict[str, Any], n: int = 1) -> uuid.UUID:
    with owner.connect() as connection:
        asked = text("select id from picture where report_id = :id and n = :n")
        return connection.execute(asked, {"id": report["id"], "n": n}).scalar_one()  # type: ignore[no-any-return]


def clean(line_app: Flask, *ids: uuid.UUID) -> int:
    """What worker-media does with these pictures, in this process; the opening still happens in another."""
    with line_app.app_context():
        return run_errands(jobs.SANITISE, list(ids))


def rows(owner: Engine, query: str, **values: Any) -> list[tuple[Any, ...]]:
    with owner.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query), values).all()]


def files(store: Path) -> list[str]:
    """Names of all files in a picture store."""
    return sorted(path.name for path in store.rglob("*") if path.is_file())


@pytest.fixture
def store(web_app: Flask, line_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty picture store of this test's own, for both applications."""
    for app in (web_app, line_app):
        ours = app.extensions["reporting"]
        settings = replace(ours.settings, pictures_dir=str(tmp_path / "pictures"))
        pictures = PictureStore(settings.picture_folder, ours.seals, keep_free=0)
        monkeypatch.setitem(app.extensions, "reporting", replace(ours, settings=settings, pictures=pictures))
    return tmp_path / "pictures"


def keep_free(app: Flask, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """The store of this application leaves so many bytes of the disk to others."""
    ours = app.extensions["reporting"]
    with app.app_context():
        folder = adapters().pictures.folder
    monkeypatch.setitem(app.extensions, "reporting", replace(ours, pictures=PictureStore(folder, ours.seals, count)))


def take_heic(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """This installation takes HEIC as well."""
    ours = app.extensions["reporting"]
    monkeypatch.setitem(app.extensions, "reporting", replace(ours, settings=replace(ours.settings, pictures_heic=1)))
