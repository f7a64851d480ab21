#!/bin/sh
# Installs this project into .venv from a lock file whose hashes are checked.
#
#     deploy/install.sh run     what running needs (requirements.lock)
#     deploy/install.sh dev     and what tests and checks need (requirements-dev.lock)
#
# A second run with the same lock files does nothing. PYTHON names another interpreter than python3.
set -eu
cd "$(dirname "$0")/.."
kind=${1:-run}
case $kind in
    run) lock=requirements.lock ;;
    dev) lock=requirements-dev.lock ;;
    *) echo "usage: deploy/install.sh run|dev" >&2; exit 2 ;;
esac
python=${PYTHON:-python3}
here=.venv/bin/python

refuse() {
    echo "install: $1" >&2
    exit 1
}

as_root_on_debian() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1
}

# The virtual environment, with pip in it. Debian keeps the module that makes it in a package of its own.
make_venv() {
    command -v "$python" >/dev/null 2>&1 || refuse "there is no $python; install Python 3.11 or newer"
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || refuse "$python is older than Python 3.11"
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        as_root_on_debian || refuse "Python's venv module is missing: sudo apt-get install python3-venv"
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv
    fi
    "$python" -m venv .venv
}

# uv installs in a second what takes pip half a minute; it comes from the lock too. Where it cannot work, pip does it.
get_uv() {
    [ ! -x .venv/bin/uv ] || return 0
    only_uv=$(mktemp)
    awk '/^[^ ]/ { on = /^uv==/ } on' requirements-dev.lock >"$only_uv"
    $here -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$only_uv" || true
    rm -f "$only_uv"
}

install_locked() {
    if [ -x .venv/bin/uv ] && .venv/bin/uv pip install --quiet --python $here --require-hashes -r $lock; then
        return 0
    fi
    $here -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $lock
}

# The project itself, in place. Its build tool is in the lock, so nothing is fetched for this.
install_project() {
    if [ -x .venv/bin/uv ] && .venv/bin/uv pip install --quiet --python $here --no-deps --no-build-isolation -e .; then
        return 0
    fi
    $here -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
}

wanted=$(cat pyproject.toml requirements.lock requirements-dev.lock | cksum)
installed() {
    [ -x $here ] && [ "$(cat ".venv/.installed-$1" 2>/dev/null)" = "$wanted" ]
}

installed "$kind" && exit 0
if command -v flock >/dev/null 2>&1; then
    exec 9<deploy/install.sh
    flock 9
    installed "$kind" && exit 0
fi
echo "installing into .venv from $lock ..." >&2
$here -m pip --version >/dev/null 2>&1 || make_venv
get_uv
install_locked
install_project
echo "$wanted" >.venv/.installed-run
[ "$kind" = run ] || echo "$wanted" >.venv/.installed-dev
