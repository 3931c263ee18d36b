#!/bin/sh
# Science stands alone: its tests and notebooks run where no web framework can be imported.
# A folder of decoys at the front of the path makes any such import fail, without a second 1 GB environment.
set -eu
cd "$(dirname "$0")/.."
decoys=$(mktemp -d)
trap 'rm -rf "$decoys"' EXIT
for name in django ninja django_q granian csp whitenoise allauth; do
  mkdir "$decoys/$name"
  echo "raise ImportError('$name is not installed in this environment')" > "$decoys/$name/__init__.py"
done
export PYTHONPATH="$decoys${PYTHONPATH:+:$PYTHONPATH}"
.venv/bin/python - <<'PY'
import importlib, pkgutil
try:
    import django
except ImportError:
    pass
else:
    raise SystemExit("the decoys do not work")
import counterpoint.science
for found in pkgutil.walk_packages(counterpoint.science.__path__, "counterpoint.science."):
    if ".tests" not in found.name:
        importlib.import_module(found.name)
print("science imports without a web framework")
PY
.venv/bin/python -m pytest -c tests/science.ini --rootdir . -n 2 -m "not slow" counterpoint/science
for notebook in notebooks/*.py; do
  [ -e "$notebook" ] || continue
  .venv/bin/python "$notebook" >/dev/null && echo "ran $notebook"
done
