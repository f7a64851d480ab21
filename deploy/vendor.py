"""Third-party browser files: fetched from the npm registry by name and version, checked against `vendor.lock`.

    python deploy/vendor.py            fetch what is missing or changed, refuse what does not match the lock
    python deploy/vendor.py --check    fetch nothing: say whether the files on disk are the locked ones
    python deploy/vendor.py --relock   fetch everything and write the lock anew (after a version was changed here)

Nothing of this runs on a server: the files are committed, so that a deployment needs no registry and no Node.js.
"""

import argparse
import hashlib
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "reporting/static/vendor/vendor.lock"
PAGES = "reporting/static/vendor"
TESTS = "tests/pages/axe"
INTER = "@fontsource-variable/inter@5.3.0"
ARABIC = "@fontsource/noto-sans-arabic@5.3.0"

# package@version, path inside its archive, place in this tree
WANTED: tuple[tuple[str, str, str], ...] = (
    ("maplibre-gl@6.17.0", "dist/maplibre-gl.mjs", f"{PAGES}/maplibre/maplibre-gl.mjs"),
    ("maplibre-gl@6.17.0", "dist/maplibre-gl-worker.mjs", f"{PAGES}/maplibre/maplibre-gl-worker.mjs"),
    ("maplibre-gl@6.17.0", "dist/maplibre-gl.css", f"{PAGES}/maplibre/maplibre-gl.css"),
    ("maplibre-gl@6.17.0", "LICENSE.txt", f"{PAGES}/maplibre/LICENSE.txt"),
    ("pmtiles@4.5.0", "dist/pmtiles.js", f"{PAGES}/pmtiles/pmtiles.js"),
    ("fflate@0.8.2", "LICENSE", f"{PAGES}/pmtiles/LICENSE-fflate.txt"),
    (INTER, "files/inter-latin-wght-normal.woff2", f"{PAGES}/inter/inter-latin.woff2"),
    (INTER, "files/inter-latin-ext-wght-normal.woff2", f"{PAGES}/inter/inter-latin-ext.woff2"),
    (INTER, "files/inter-greek-wght-normal.woff2", f"{PAGES}/inter/inter-greek.woff2"),
    (INTER, "files/inter-cyrillic-wght-normal.woff2", f"{PAGES}/inter/inter-cyrillic.woff2"),
    (INTER, "LICENSE", f"{PAGES}/inter/LICENSE.txt"),
    (ARABIC, "files/noto-sans-arabic-arabic-400-normal.woff2", f"{PAGES}/noto-sans-arabic/400.woff2"),
    (ARABIC, "files/noto-sans-arabic-arabic-700-normal.woff2", f"{PAGES}/noto-sans-arabic/700.woff2"),
    (ARABIC, "LICENSE", f"{PAGES}/noto-sans-arabic/LICENSE.txt"),
    ("axe-core@4.14.1", "axe.min.js", f"{TESTS}/axe.min.js"),
    ("axe-core@4.14.1", "LICENSE", f"{TESTS}/LICENSE.txt"),
    ("axe-core@4.14.1", "LICENSE-3RD-PARTY.txt", f"{TESTS}/LICENSE-3RD-PARTY.txt"),
)


class Refused(Exception):
    """A file is not what the lock says it must be."""


@dataclass(frozen=True)
class Locked:
    """One line of the lock: the hash a file must have, and the package it comes from."""

    sha256: str
    path: str
    package: str


def read_lock() -> dict[str, Locked]:
    """Lines `sha256  path  package@version`; `#` opens a comment."""
    lines = [line.split() for line in LOCK.read_text().splitlines() if line and not line.startswith("#")]
    return {path: Locked(sha256, path, package) for sha256, path, package in lines}


def write_lock() -> None:
    """Write down the hashes of the files as they now lie on disk."""
    head = "# sha256  path  package@version; written by deploy/vendor.py --relock\n"
    body = "".join(f"{sha256_of(ROOT / path)}  {path}  {package}\n" for package, _member, path in WANTED)
    LOCK.write_text(head + body)


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def is_locked(path: str, lock: dict[str, Locked]) -> bool:
    """The file is there and has the hash of the lock."""
    file = ROOT / path
    return path in lock and file.is_file() and sha256_of(file) == lock[path].sha256


def fetch(package: str, members: list[tuple[str, str]]) -> dict[str, bytes]:
    """The wanted members of one package, by their place in this tree. Uses `npm pack`: no install script runs."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "--silent", package], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        archive = next(Path(folder).glob("*.tgz"))
        with tarfile.open(archive) as tar:
            return {place: read_member(tar, f"package/{member}") for member, place in members}


def read_member(tar: tarfile.TarFile, name: str) -> bytes:
    found = tar.extractfile(name)
    if found is None:
        raise Refused(f"{name} is not a file of its package")
    return found.read()


def refresh(wanted: list[tuple[str, str, str]], lock: dict[str, Locked] | None) -> None:
    """Fetch and place the wanted files; with a lock, a byte that differs is refused before it is written."""
    packages = dict.fromkeys(package for package, _member, _path in wanted)
    for package in packages:
        members = [(member, path) for name, member, path in wanted if name == package]
        for path, content in fetch(package, members).items():
            if lock is not None and hashlib.sha256(content).hexdigest() != lock[path].sha256:
                raise Refused(f"{path} from {package} does not have the hash of the lock")
            target = ROOT / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            print(f"{path}  {len(content)} bytes")


def run(check: bool, relock: bool) -> None:
    if relock:
        refresh(list(WANTED), None)
        write_lock()
        return
    lock = read_lock()
    wrong = [entry for entry in WANTED if not is_locked(entry[2], lock)]
    if check and wrong:
        raise Refused("not as locked: " + ", ".join(path for _package, _member, path in wrong))
    refresh(wrong, lock)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--check", action="store_true", help="only compare the files on disk with the lock")
    parser.add_argument("--relock", action="store_true", help="fetch everything and write the lock anew")
    given = parser.parse_args()
    try:
        run(check=given.check, relock=given.relock)
    except (Refused, subprocess.CalledProcessError) as error:
        print(f"vendor: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
