"""Makes the demo city's map from an OpenStreetMap extract: one command, the same bytes every time."""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from areas import areas_of
from extract import City, read_city
from layers import Feature, layers_of
from places import Row, addresses_of, landmarks_of, place_codes_of, venues_of
from pmtiles.tile import deserialize_header, serialize_header

ROOT = Path(__file__).resolve().parents[2]
MAPS = ROOT / "reporting" / "static" / "maps"
DEMO = ROOT / "reporting" / "cli" / "demo_city"
HEADER_BYTES = 127  # PMTiles version 3
ATTRIBUTION = "© OpenStreetMap contributors"
OPTIONS = (
    "--minimum-zoom=10", "--maximum-zoom=16", "--buffer=8", "--simplification=4",
    "--no-simplification-of-shared-nodes", "--no-tiny-polygon-reduction", "--preserve-input-order",
    "--drop-rate=1", "--no-feature-limit", "--no-tile-size-limit", "--quiet",
)  # fmt: skip


def main() -> int:
    """Read the extract named on the command line; write the map, the gazetteer and the areas."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("extract", type=Path, help="Helsinki.osm.pbf, see README.md")
    source = parser.parse_args().extract
    city = read_city(source)
    layers = layers_of(city)
    for name, features in layers.items():
        print(f"{name:14} {len(features):5} features")
    write_tiles(layers, MAPS / "helsinki.pmtiles")
    write_places(city, DEMO)
    return 0


def write_places(city: City, folder: Path) -> None:
    """Write venues, place codes, addresses and areas into a folder, always in the same order."""
    venues = venues_of(city)
    tables = {
        "venues": venues, "place_codes": place_codes_of(city, venues),
        "addresses": addresses_of(city), "landmarks": landmarks_of(city, venues),
    }  # fmt: skip
    for name, rows in tables.items():
        _write_table(folder / f"{name}.csv", rows)
        print(f"{name:14} {len(rows):5} rows")
    areas = areas_of(city)
    lines = ",\n".join(json.dumps(area, ensure_ascii=False) for area in areas.pop("features"))
    head = json.dumps(areas, ensure_ascii=False)[:-1]
    (folder / "areas.geojson").write_text(f'{head}, "features": [\n{lines}\n]}}\n', encoding="utf-8")


def _write_table(target: Path, rows: list[Row]) -> None:
    with target.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def write_tiles(layers: dict[str, list[Feature]], target: Path) -> None:
    """Write one PMTiles archive with the given layers, and its SHA-256 beside it."""
    with TemporaryDirectory() as folder:
        inputs = []
        for name, features in layers.items():
            (Path(folder) / f"{name}.geojson").write_text(_collection(features), encoding="utf-8")
            inputs.append(f"--named-layer={name}:{name}.geojson")
        command = ["tippecanoe", *OPTIONS, "--output=helsinki.pmtiles", *inputs]
        subprocess.run(command, cwd=folder, check=True, env={"PATH": _tools(), "TIPPECANOE_MAX_THREADS": "1"})
        tiles = _plain_metadata((Path(folder) / "helsinki.pmtiles").read_bytes())
    target.write_bytes(tiles)
    digest = hashlib.sha256(tiles).hexdigest()
    (target.parent / "SHA256SUMS").write_text(f"{digest}  {target.name}\n")
    print(f"{target.name}: {len(tiles)} bytes, sha256 {digest}")


def _plain_metadata(archive: bytes) -> bytes:
    """Return the archive with metadata that says only what the map is, not how and where it was made."""
    header = deserialize_header(archive[:HEADER_BYTES])
    start = header["metadata_offset"]
    metadata = json.loads(gzip.decompress(archive[start : start + header["metadata_length"]]))
    kept = {
        "attribution": ATTRIBUTION, "description": "Demo city", "name": "Helsinki centre",
        "vector_layers": metadata["vector_layers"],
    }  # fmt: skip
    packed = gzip.compress(json.dumps(kept, ensure_ascii=False, sort_keys=True).encode(), mtime=0)
    directory = archive[header["root_offset"] : header["root_offset"] + header["root_length"]]
    tiles = archive[header["tile_data_offset"] : header["tile_data_offset"] + header["tile_data_length"]]
    header["metadata_offset"] = HEADER_BYTES + len(directory)
    header["metadata_length"] = len(packed)
    header["leaf_directory_offset"] = header["tile_data_offset"] = header["metadata_offset"] + len(packed)
    if header["leaf_directory_length"]:
        raise ValueError("The map has grown so large that its directory has leaves; copy them as well.")
    return serialize_header(header) + directory + packed + tiles


def _collection(features: list[Feature]) -> str:
    return "\n".join(json.dumps(feature, ensure_ascii=False, sort_keys=True) for feature in features)


def _tools() -> str:
    return f"{Path(sys.executable).parent}:/usr/bin:/bin"


if __name__ == "__main__":
    sys.exit(main())
