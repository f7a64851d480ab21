"""Pictures of real phones and known bombs: what is served of them holds no metadata, stands upright, or was refused in words."""

import csv
import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image, ImageOps
from sqlalchemy import Engine

from tests.cast import Cast
from tests.pictures import clean, filed, picture_id, rows, send, take_heic

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.db,
    pytest.mark.skipif(not shutil.which("exiftool"), reason="exiftool is not installed"),
]

OUR_OWN = {"SourceFile", "ExifTool", "File", "JFIF", "Composite"}
"""Groups that exiftool makes up itself, or that say nothing but the size of a pixel."""
PLAIN = {"JFIFVersion", "ResolutionUnit", "XResolution", "YResolution"}


def listed(folder: Path) -> list[dict[str, str]]:
    with (folder / "manifest.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def tags(data: bytes, path: Path) -> dict[str, Any]:
    """Everything exiftool finds, by group."""
    path.write_bytes(data)
    answer = subprocess.run(["exiftool", "-json", "-G", "-a", "-u", "-ee", str(path)], capture_output=True, check=True)
    found: dict[str, Any] = json.loads(answer.stdout)[0]
    return found


def metadata(found: dict[str, Any]) -> set[str]:
    """Tags that say more than how large the picture is."""
    grouped = {name: name.partition(":") for name in found}
    return {
        name
        for name, (group, _colon, tag) in grouped.items()
        if group not in OUR_OWN or (group == "JFIF" and tag not in PLAIN) or "GPS" in tag or "Comment" in tag or "Trailer" in tag
    }


@dataclass
class Desk:
    """Sends a picture, cleans it, and looks at it as an operator."""

    client: FlaskClient
    cast: Cast
    line_app: Flask
    owner: Engine
    folder: Path

    def served(self, name: str) -> dict[str, bytes]:
        """The copies of a picture; empty where it was refused."""
        report = filed(self.client)
        answer = send(self.client, report, (self.folder / name).read_bytes())
        if answer.status_code != 201:
            assert answer.status_code in (415, 422) and answer.get_json()["errors"][0]["message"]
            return {}
        clean(self.line_app, picture_id(self.owner, report))
        address = f"/api/v1/reports/{report['id']}/pictures/1"
        copies = ("", "/thumbnail", "/blurred")
        shown = {copy: self.client.get(f"{address}{copy}", headers=self.cast.headers("aino")) for copy in copies}
        return {copy: answer.data for copy, answer in shown.items() if answer.status_code == 200}


@pytest.fixture
def desk(client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine, shared_data: Path) -> Desk:
    return Desk(client, cast, line_app, owner, shared_data / "e_images")


def test_no_served_byte_holds_metadata(desk: Desk, tmp_path: Path, store: Path) -> None:
    taken, refused = [], []
    for row in listed(desk.folder):
        copies = desk.served(row["file"])
        (taken if copies else refused).append(row["file"])
        for name, copy in copies.items():
            found = tags(copy, tmp_path / "copy.jpg")
            assert metadata(found) == set(), (row["file"], name)
            assert found["File:FileType"] == "JPEG"
    assert {"DSCN0010.jpg", "HMD_Nokia_8.3_5G.jpg", "jolla.jpg", "portrait_6.jpg", "pillow_exif_text.png"} <= set(taken)
    bombs = {"pillow_decompression_bomb.gif", "pillow_decompression_bomb.ico", "pillow_png_decompression_dos.png"}
    assert bombs | {"IMG_5195.HEIC", "me_IMG_2927.HEIC", "pillow_exif.avif"} == set(refused)
    metadata_before = {name for name in taken if metadata(tags((desk.folder / name).read_bytes(), tmp_path / "before"))}
    assert len(metadata_before) >= 8, "the pictures had metadata before"


def distance(one: Image.Image, other: Image.Image) -> int:
    """How different two pictures are, each brought to eight by eight."""
    pixels = (each.resize((8, 8)).convert("L").tobytes() for each in (one, other))
    return sum(abs(left - right) for left, right in zip(*pixels, strict=True))


def test_orientation_is_the_one_of_the_phone(desk: Desk, tmp_path: Path, store: Path) -> None:
    for name in ("portrait_6.jpg", "landscape_3.jpg"):
        wanted = ImageOps.exif_transpose(Image.open(desk.folder / name)).convert("RGB")
        (tmp_path / name).write_bytes(desk.served(name)[""])
        shown = Image.open(tmp_path / name)
        assert shown.size == wanted.size
        ways = {way: distance(shown, wanted.transpose(way)) for way in Image.Transpose}
        assert distance(shown, wanted) < min(ways.values()), "colours of another profile differ a little, and a turn differs much"


def test_heic_is_said_clearly_while_it_is_off(desk: Desk, store: Path) -> None:
    for name in ("IMG_5195.HEIC", "me_IMG_2927.HEIC"):
        answer = send(desk.client, filed(desk.client), (desk.folder / name).read_bytes())
        assert answer.status_code == 415 and "HEIC pictures are not taken here" in answer.get_json()["detail"]


def test_heic_of_an_iphone_is_cleaned_where_it_is_on(
    desk: Desk, web_app: Flask, tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_heic(web_app, monkeypatch)
    for name in ("IMG_5195.HEIC", "me_IMG_2927.HEIC"):
        copies = desk.served(name)
        assert len(copies) == 3
        for copy in copies.values():
            assert metadata(tags(copy, tmp_path / "copy.jpg")) == set()
    assert {row[0] for row in rows(desk.owner, "select state from picture")} == {"ready"}
