#!/bin/sh
# Writes both lock files from pyproject.toml, with hashes for every platform. Options go to `uv pip compile`:
# --upgrade takes newer versions, --upgrade-package NAME only one; without any, what is locked stays.
set -eu
cd "$(dirname "$0")/.."

compile() {
    .venv/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
        --no-header --no-emit-index-url --no-annotate "$@"
}
compile --group build --output-file requirements.lock "$@"
compile --group dev --constraint requirements.lock --output-file requirements-dev.lock "$@"
