#!/bin/sh
# tests/cluster/install.sh: two environments under var/cluster, beside the one of `make setup` and seeing its packages:
# server (Spark with its JVM part, for master, workers, Connect server and the Python of the executors) and client (the
# thin client of `counterpoint[cluster]`, without Java). Both run this working tree.
set -eu
cd "$(dirname "$0")/../.."
base=$(pwd)/.venv
packages=$("$base/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
for side in server client; do
  place=var/cluster/$side
  [ -x "$place/bin/python" ] || "$base/bin/python" -m venv --without-pip "$place"
  own=$("$place/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  printf '%s\n%s\n' "$(pwd)" "$packages" >"$own/counterpoint.pth"
  "$base/bin/python" -m pip --python "$place/bin/python" install -q --disable-pip-version-check --no-build-isolation \
    --require-hashes -r "tests/cluster/$side.lock"
done
touch var/cluster/.installed
