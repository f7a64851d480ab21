#!/bin/sh
# Health of one container: `healthy URL` asks a web process, `healthy PROCESS` looks for a process of the line that has
# gone silent. Ill is 1; that the database cannot be asked is ill too.
set -eu
case $1 in
    http*) exec python -c "import sys, urllib.request as web; web.urlopen(sys.argv[1], timeout=3)" "$1" ;;
esac
said=$(reporting health 2>/dev/null) || [ $? = 1 ]
[ -n "$said" ] || exit 1
case $said in
    *"\"$1 is silent\""*) exit 1 ;;
esac
