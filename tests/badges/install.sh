#!/bin/sh
# tests/badges/install.sh: an environment under var/badges with somebody else's verifier of Open Badges (openbadgeslib),
# beside the one of `make setup` and seeing its packages and this working tree.
set -eu
cd "$(dirname "$0")/../.."
base=$(pwd)/.venv
place=var/badges/verifier
packages=$("$base/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
[ -x "$place/bin/python" ] || "$base/bin/python" -m venv --without-pip "$place"
own=$("$place/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
printf '%s\n%s\n' "$(pwd)" "$packages" >"$own/counterpoint.pth"
"$base/bin/python" -m pip --python "$place/bin/python" install -q --disable-pip-version-check --no-build-isolation \
  --require-hashes -r tests/badges/verifier.lock
touch var/badges/.installed
