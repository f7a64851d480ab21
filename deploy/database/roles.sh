#!/bin/sh
# Runs once, when the database is made: the two roles and the database they share. The owner migrates; the application
# role owns nothing and has no power over anything. Their passwords come from files and stand in no statement's log.
set -eu
read_secret() {
    value=$(cat "${SECRETS:-/run/secrets}/$1")
    [ ${#value} -ge 32 ] || { echo "the secret $1 is missing or shorter than 32 characters" >&2; exit 1; }
    printf %s "$value"
}
owner=$(read_secret owner_password)
app=$(read_secret app_password)
powerless="nosuperuser nocreatedb nocreaterole noreplication nobypassrls"

PGOPTIONS="-c log_statement=none" psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<SQL
create role reporting_owner login $powerless password '$owner';
create role reporting_app login $powerless password '$app';
create database reporting owner reporting_owner;
revoke all on database reporting, postgres, template1 from public;
grant connect on database reporting to reporting_app;
\connect reporting
alter schema public owner to reporting_owner;
revoke all on schema public from public;
SQL
