"""Our own copies of a picture: upright, in sRGB, of the right size, with nothing in them but pixels; what cannot be opened."""

import io
import os
import signal
import subprocess
import sys
from typing import Any

import pytest
from PIL import Image, ImageCms

from reporting.domain.picture_headers import require_bare
from reporting.domain.pictures import MOST_PIXELS, VARIANTS, NoPicture
from tests.pictures import broken_png, chunk, drawn, exif, icc, jpeg, motion_photo, of_phone, png_that_says, saved, two_frames
from worker.media import limits, outside
from worker.media.outside import CannotOpen, Interrupted, clean

COLOURS = {"red": (255, 0, 0), "lime": (0, 255, 0), "blue": (0, 0, 255), "white": (255, 255, 255)}


def opened(copy: bytes) -> Image.Image:
    return Image.open(io.BytesIO(copy)).convert("RGB")


def corners(copy: bytes) -> list[str]:
    """The colours of the four quarters: upper left, upper right, lower left, lower right."""
    picture = opened(copy)
    width, height = picture.size
    found = []
    for across, down in ((0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)):
        pixel: Any = picture.getpixel((int(width * across), int(height * down)))
        found.append(min(COLOURS, key=lambda name: sum(abs(a - b) for a, b in zip(pixel, COLOURS[name], strict=True))))
    return found


UPRIGHT = ["red", "lime", "blue", "white"]
TURNED_BY_THE_PHONE = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""Orientation -> how the sensor's pixels lie when the phone writes that number."""


@pytest.mark.parametrize("orientation", TURNED_BY_THE_PHONE)
@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_every_way_of_holding_a_phone_ends_upright(orientation: int, kind: Any) -> None:
    turn = TURNED_BY_THE_PHONE[orientation]
    lying = drawn() if turn is None else drawn().transpose(turn)
    copies = clean(saved(lying, kind.upper(), exif=exif(orientation)), kind)
    assert corners(copies.copies["working"]) == UPRIGHT
    assert (copies.width, copies.height) == (320, 200)


@pytest.mark.parametrize("data", [of_phone(), motion_photo(), two_frames()], ids=["of a phone", "with a film", "two frames"])
def test_nothing_but_pixels_comes_through(data: bytes) -> None:
    made = clean(data, "jpeg")
    assert set(made.copies) == set(VARIANTS)
    for variant, copy in made.copies.items():
        require_bare(copy, VARIANTS[variant], io.BytesIO)
        assert b"quokka" not in copy and b"Exif" not in copy and b"ICC_PROFILE" not in copy and b"http" not in copy
        assert set(Image.open(io.BytesIO(copy)).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_sizes_are_those_that_are_promised() -> None:
    made = clean(jpeg(4000, 3000), "jpeg")
    assert {variant: max(opened(copy).size) for variant, copy in made.copies.items()} == dict(VARIANTS)
    assert (made.width, made.height) == (2560, 1920)
    small = clean(jpeg(100, 50), "jpeg")
    assert opened(small.copies["working"]).size == (100, 50)


def test_colours_of_another_profile_become_ours() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    wide = drawn()
    swapped = saved(wide, "JPEG", quality=95, icc_profile=icc())
    assert corners(clean(swapped, "jpeg").copies["working"]) == UPRIGHT
    for broken in (b"no profile", icc()[:40], icc()[:-300], lab.tobytes()):
        assert corners(clean(saved(wide, "JPEG", quality=95, icc_profile=broken), "jpeg").copies["working"]) == UPRIGHT


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "1", "LA", "CMYK"])
def test_every_kind_of_pixels_is_shown(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    made = clean(saved(drawn(mode=mode), kind), kind.lower())  # type: ignore[arg-type]
    picture = opened(made.copies["working"])
    assert picture.size == (320, 200)
    if mode in ("RGB", "RGBA", "P", "CMYK"):
        assert corners(made.copies["working"]) == UPRIGHT


def test_sixteen_bits_of_grey_keep_their_light() -> None:
    grey = Image.new("I;16", (40, 40), 32768)
    pixel: Any = opened(clean(saved(grey, "PNG"), "png").copies["working"]).getpixel((20, 20))
    assert all(abs(part - 128) < 4 for part in pixel)


def test_what_lets_light_through_is_seen_on_white() -> None:
    for kind in ("PNG", "WEBP"):
        ghost = Image.new("RGBA", (40, 40), (255, 0, 0, 0))
        pixel: Any = opened(clean(saved(ghost, kind), kind.lower()).copies["working"]).getpixel((20, 20))  # type: ignore[arg-type]
        assert min(pixel) > 250


def test_a_position_is_only_told() -> None:
    assert clean(of_phone(), "jpeg").taken_at == (60.169, 24.94)
    assert clean(jpeg(), "jpeg").taken_at is None
    for point in ((0, 0), (91, 24.0), (60.0, 181)):
        assert clean(jpeg(exif=exif(point=point)), "jpeg").taken_at is None


def test_heic_is_opened_where_it_is_wanted() -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    written = io.BytesIO()
    pillow_heif.from_pillow(drawn()).save(written, quality=95)
    assert corners(clean(written.getvalue(), "heic").copies["working"]) == UPRIGHT


ZIPPED_TEXT = chunk(b"zTXt", b"Comment\x00\x00" + b"x" * 100)
HOSTILE = {
    "pixels that are none": (broken_png(), "png"),
    "a head and no body": (png_that_says(8000, 5000), "png"),
    "cut in the middle": (of_phone()[:2500], "jpeg"),
    "a web page": (b"<html>", "jpeg"),
    "another kind than it was": (saved(drawn(), "PNG"), "webp"),
    "nothing": (b"", "png"),
    "broken text": (b"\x89PNG\r\n\x1a\n" + saved(drawn(), "PNG")[8:33] + ZIPPED_TEXT, "png"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_decoded_is_refused(name: str) -> None:
    data, kind = HOSTILE[name]
    with pytest.raises(CannotOpen, match="unreadable"):
        clean(data, kind)  # type: ignore[arg-type]


def test_forty_megapixels_can_be_opened_within_the_limits() -> None:
    white = saved(Image.new("RGBA", (8000, 5000), "white"), "PNG", compress_level=1)
    assert (clean(white, "png").width, MOST_PIXELS) == (2560, 8000 * 5000)


def test_more_than_forty_megapixels_are_too_heavy() -> None:
    large = saved(Image.new("L", (9000, 9000)), "PNG", compress_level=1)
    with pytest.raises(CannotOpen, match="too_heavy"):
        clean(large, "png")


def test_memory_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "CHILD", "tests.worker.media.greedy")
    monkeypatch.setattr(outside, "KEPT", (*outside.KEPT, "GREED"))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", ""))))
    for greed in ("memory", "processor", "time"):
        monkeypatch.setenv("GREED", greed)
        with pytest.raises(CannotOpen, match="too_heavy"):
            clean(jpeg(), "jpeg", seconds=4.0)


ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))


def test_it_sees_no_secret_and_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MASTER_KEY", "SECRETS_FILE", "DATABASE_URL", "REDIS_URL"):
        monkeypatch.setenv(name, "secret")
    seen: dict[str, Any] = {}
    real = subprocess.Popen

    def look(*command: Any, **options: Any) -> Any:
        seen.update(options)
        return real(*command, **options)

    monkeypatch.setattr(subprocess, "Popen", look)
    clean(jpeg(), "jpeg")
    assert "secret" not in seen["env"].values() and set(seen["env"]) <= set(outside.KEPT)
    assert len(seen["pass_fds"]) == 2


def test_who_is_killed_by_others_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "_run", lambda *_told: -signal.SIGKILL)
    with pytest.raises(Interrupted):
        clean(jpeg(), "jpeg")


LIES = {
    "nothing": b"",
    "no head": b"x" * 9999,
    "a web page as a picture": b'{"lengths": [6, 6, 6], "taken_at": null}\n' + b"<html>" * 3,
    "too little": b'{"lengths": [600, 6, 6], "taken_at": null}\n' + b"<html>" * 3,
    "a long line": b'{"lengths": ' + b"[" * 9000,
}


@pytest.mark.parametrize("name", LIES)
def test_what_the_process_says_is_checked(name: str) -> None:
    with pytest.raises(CannotOpen):
        outside._read(LIES[name])


def test_its_copies_are_checked_as_well() -> None:
    right = list(clean(jpeg(400, 400), "jpeg").copies.values())
    wrong = {"metadata": [of_phone(), *right[1:]], "a trailer": [right[0] + b"x", *right[1:]], "too large": [right[0]] * 3}
    for name, copies in {**wrong, "right": right}.items():
        told = f'{{"lengths": {[len(copy) for copy in copies]}, "taken_at": null}}\n'.encode() + b"".join(copies)
        if name == "right":
            assert list(outside._read(told).copies.values()) == right
            continue
        with pytest.raises(CannotOpen):
            outside._read(told)


def test_a_bare_copy_is_known_from_others() -> None:
    right = clean(jpeg(), "jpeg").copies["working"]
    assert require_bare(right, 2560, io.BytesIO) == (320, 200)
    wrong = [jpeg(comment=b"x"), jpeg(icc_profile=icc()), jpeg(exif=exif()), saved(drawn(), "PNG"), right + b"\xff\xd9", b""]
    for each in wrong:
        with pytest.raises(NoPicture):
            require_bare(each, 2560, io.BytesIO)


def test_the_limits_hold_for_good() -> None:
    script = (
        "import resource\nfrom worker.media.limits import confine\nconfine()\n"
        "for each in (resource.RLIMIT_AS, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE, resource.RLIMIT_NPROC):\n"
        "    soft, hard = resource.getrlimit(each)\n    assert soft == hard != resource.RLIM_INFINITY\n"
        "open(9, 'wb') if False else print('confined')"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "confined"
    assert limits.CPU_SECONDS < limits.WALL_SECONDS
