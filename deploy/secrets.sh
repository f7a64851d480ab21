#!/bin/sh
# Makes every password and key of an installation in one folder, once. Run it as root: the files get mode 0600 and the
# user id 999, which PostgreSQL, Redis and the application have inside their containers.
#
#     sudo deploy/secrets.sh /etc/reporting/secrets
#
# Keep a copy of master_key.json apart from the database's back-up: without it nothing that is sealed opens again.
set -eu
[ $# = 1 ] || { echo "usage: deploy/secrets.sh FOLDER" >&2; exit 2; }
folder=$1
user=999
[ "$(id -u)" = 0 ] || { echo "secrets: run this as root; the files must belong to user id $user" >&2; exit 1; }
[ ! -e "$folder/master_key.json" ] || { echo "secrets: $folder has secrets already; they are not replaced" >&2; exit 1; }
umask 077
mkdir -p "$folder"

password() {
    head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n'
}
keep() {
    printf '%s\n' "$2" >"$folder/$1"
}
owner=$(password)
app=$(password)
redis=$(password)

keep postgres_password "$(password)"
keep owner_password "$owner"
keep app_password "$app"
keep owner_pgpass "database:5432:reporting:reporting_owner:$owner"
keep app_pgpass "database:5432:reporting:reporting_app:$app"
keep redis_conf "requirepass $redis"
keep redis_url "redis://:$redis@redis:6379/0"
keep master_key.json "{\"master_key\": \"$(head -c 32 /dev/urandom | base64)\"}"

chown -R "$user:$user" "$folder"
chmod 711 "$folder"
echo "$folder is filled. Set SECRETS_DIR=$folder in .env."
