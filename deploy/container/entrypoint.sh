#!/bin/sh
# Hands the broker's address, which carries its password, from its secret file to the one process that is started.
set -eu
if [ -r /run/secrets/redis_url ]; then
    REDIS_URL=$(cat /run/secrets/redis_url)
    export REDIS_URL
fi
exec "$@"
