#!/bin/sh
# tests/connect/install.sh: other people's implementations under var/connect, apart from the product's own environment.
set -eu
cd "$(dirname "$0")/../.."
base=$(pwd)/.venv place=var/connect
mkdir -p $place
cp tests/connect/package.json tests/connect/package-lock.json $place/
(cd $place && PATH="$base/bin:$PATH" npm ci --ignore-scripts --silent)
[ -x $place/bin/python ] || "$base/bin/python" -m venv --without-pip $place
"$base/bin/python" -m pip --python $place/bin/python install -q --disable-pip-version-check --require-hashes \
  -r tests/connect/peers.lock
touch $place/.installed
