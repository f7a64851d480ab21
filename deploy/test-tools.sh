#!/bin/sh
# Installs the programs that tests start and that no Python package brings: as root on Debian by apt, else it says how.
set -eu

missing=
need() {
    command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}
need chromium chromium
need redis-server redis-server
need docker-compose docker-compose
need caddy caddy
need pdftoppm poppler-utils
need exiftool libimage-exiftool-perl
[ -d /usr/share/fonts/truetype/dejavu ] || missing="$missing fonts-dejavu-core"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing$missing ..." >&2
    if [ ! -e /usr/sbin/policy-rc.d ]; then # Debian's way to install a server without starting it
        printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
        chmod 755 /usr/sbin/policy-rc.d
        trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    fi
    apt-get update -qq
    # shellcheck disable=SC2086  # a list of package names
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
    echo "tests that need a missing program will be skipped; to run them: sudo apt-get install$missing" >&2
fi
