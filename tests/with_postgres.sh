#!/bin/sh
# tests/with_postgres.sh COMMAND…: run COMMAND against a private PostgreSQL that is made for it and removed after it.
# Finds the programs in COUNTERPOINT_PG_BIN, on PATH, or under /usr/lib/postgresql; without them it says so and succeeds.
set -eu

bin=${COUNTERPOINT_PG_BIN:-}
if [ -z "$bin" ] && command -v initdb >/dev/null 2>&1; then bin=$(dirname "$(command -v initdb)"); fi
if [ -z "$bin" ]; then bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1 || true); fi
if [ -z "$bin" ] || [ ! -x "$bin/initdb" ] || [ ! -x "$bin/postgres" ]; then
  echo "PostgreSQL is not installed: skipped"
  exit 0
fi

place=$(mktemp -d "${TMPDIR:-/tmp}/counterpoint-pg.XXXXXX")
as=""
if [ "$(id -u)" = 0 ]; then # PostgreSQL refuses to run as root
  owner=postgres
  id "$owner" >/dev/null 2>&1 || owner=nobody
  chown "$owner" "$place"
  as="setpriv --reuid=$owner --regid=$(id -g "$owner") --clear-groups --"
fi
run() { (cd "$place" && $as env -u PGHOST -u PGPORT -u PGUSER HOME="$place" "$@"); }

finish() {
  code=$?
  trap - EXIT
  run "$bin/pg_ctl" -D "$place/data" -m immediate -w stop >/dev/null 2>&1 || true
  rm -rf "$place"
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
(umask 077 && printf '%s\n' "$password" >"$place/password")
[ -z "$as" ] || chown "$owner" "$place/password"
run "$bin/initdb" -D data -U counterpoint --auth=scram-sha-256 --pwfile=password -E UTF8 --locale=C.UTF-8 \
  --no-sync >"$place/initdb.log" 2>&1 || { cat "$place/initdb.log" >&2; exit 1; }

# The data is thrown away, so nothing waits for the disk. A free port is asked from the system; a lost race tries again.
tries=0
while :; do
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  options="-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories= -c fsync=off"
  options="$options -c synchronous_commit=off -c full_page_writes=off -c max_connections=60 -c log_min_messages=fatal"
  if run "$bin/pg_ctl" -D data -l "$place/log" -o "$options" -w start >/dev/null 2>&1; then break; fi
  tries=$((tries + 1))
  if [ "$tries" -ge 3 ]; then
    echo "PostgreSQL did not start:" >&2
    cat "$place/log" >&2
    exit 1
  fi
done
COUNTERPOINT_DATABASE="postgresql://counterpoint:$password@127.0.0.1:$port/postgres"
COUNTERPOINT_PG_BIN=$bin
export COUNTERPOINT_DATABASE COUNTERPOINT_PG_BIN
"$@"
