# Two commands do everything: `make demo` and `make test`. Both set up what they need.
PY := .venv/bin/python
BASE_PYTHON ?= python3
export OPENBLAS_NUM_THREADS ?= 1
STAMP := .venv/.installed
ASSETS := var/assets/.built
WARM := var/assets/.warm-twin var/assets/.warm-rosters
CLUSTER := var/cluster/.installed
CONNECT := var/connect/.installed
BADGES := var/badges/.installed

.PHONY: setup demo test test-sqlite test-postgres test-science test-cluster test-connect test-badges journeys pictures \
  curriculum properties check lock nightly clean

# The front end is built while the engine is compiled.
setup: $(STAMP)
	@$(MAKE) -s -j 2 $(WARM) $(ASSETS)

$(STAMP): requirements.lock pyproject.toml
	@test -x $(PY) || $(BASE_PYTHON) -m venv .venv
	@$(PY) -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(PY) -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# Front end and translations: locked npm install with the Node that came as a Python package.
$(ASSETS): $(STAMP) counterpoint/ui/frontend/package-lock.json $(shell find counterpoint -path '*/frontend/src/*' -o -name '*.po' -path '*zh_Hans*' 2>/dev/null)
	@$(PY) -m counterpoint.config.cli assets
	@touch $@

# Compile the branch-day engine once; cached beside its source.
$(WARM): var/assets/.warm-%: $(STAMP) $(wildcard counterpoint/science/twin/kernel/*.py counterpoint/science/rostering/weekwise/*.py)
	@mkdir -p $(@D)
	@$(PY) -m counterpoint.config.cli warm $*
	@touch $@

demo: setup
	@$(PY) -m counterpoint.config.cli demo

test: setup check test-science test-sqlite test-postgres journeys

test-science: setup
	@sh tests/science_without_django.sh

# House rules are looked at by `check`, with which `test` begins.
test-sqlite: setup
	@COUNTERPOINT_DATABASE= $(PY) -m pytest -n 2 -m "not slow" --ignore counterpoint/science --ignore tests/journeys \
	  --ignore tests/docs/test_tutorial.py --ignore tests/architecture

# The same rooms on the second database, as far as they touch one; science has none, the demo and the crash tests are of
# the embedded mode, statements are counted and days replayed alike on both, and the crawls and the random stories of
# named properties are asked there again only at night.
test-postgres: setup
	@sh tests/with_postgres.sh $(PY) -m pytest -n 2 -m "not slow and not browser" -k "not test_p_" \
	  --ignore counterpoint/science --ignore counterpoint/config --ignore-glob "*/test_query_counts.py" \
	  --ignore-glob "*/test_queries_asked.py" --ignore-glob "*/test_replay*.py" counterpoint

# Whole days in a real browser against one running demo, and the tutorial step by step.
journeys: setup
	@COUNTERPOINT_DATABASE= $(PY) -m pytest tests/journeys tests/docs/test_tutorial.py

# A trainee takes every lesson of the curriculum in a real browser and a table is printed: the better part of an hour.
curriculum: setup
	@COUNTERPOINT_DATABASE= COUNTERPOINT_CURRICULUM="$(LESSONS)" $(PY) -m pytest -q -n 0 tests/journeys/test_curriculum.py

# The pictures of the documents, taken from the demo as it is seeded.
pictures: setup
	@COUNTERPOINT_DATABASE= COUNTERPOINT_PICTURES=1 $(PY) -m pytest tests/journeys/test_chapters.py -k desk_and_phone

# Fan-out on a real Spark cluster of this machine, a worker killed. Needs Java 17 and 0.9 GB in var/cluster; not part of
# `make test`: nightly and before a release.
test-cluster: setup $(CLUSTER)
	@var/cluster/client/bin/python -m pytest -c tests/science.ini --rootdir . tests/cluster

$(CLUSTER): $(STAMP) $(wildcard tests/cluster/install.sh tests/cluster/*.lock)
	@sh tests/cluster/install.sh

# Packed lessons, statements and launches against other people's implementations, in var/connect; nightly and before a
# release.
test-connect: setup $(CONNECT)
	@COUNTERPOINT_DATABASE= $(PY) -m pytest tests/connect

$(CONNECT): $(STAMP) tests/connect/install.sh tests/connect/peers.lock tests/connect/package-lock.json
	@sh tests/connect/install.sh

# Our badges before somebody else's verifier, in an environment of its own; nightly and before a release.
test-badges: setup $(BADGES)
	@var/badges/verifier/bin/python -m pytest -c tests/science.ini --rootdir . -n 0 tests/badges

$(BADGES): $(STAMP) $(wildcard tests/badges/install.sh tests/badges/*.lock)
	@sh tests/badges/install.sh

check: setup
	@$(PY) -m counterpoint.config.check

LOCKED := -q --universal --generate-hashes --python-version 3.11 --no-emit-index-url
lock:
	@.venv/bin/uv pip compile $(LOCKED) --extra web --extra postgres --extra dev pyproject.toml -o requirements.lock
	@for side in server client; do .venv/bin/uv pip compile $(LOCKED) -c requirements.lock tests/cluster/$$side.in \
	  -o tests/cluster/$$side.lock; done
	@.venv/bin/uv pip compile $(LOCKED) tests/connect/peers.in -o tests/connect/peers.lock
	@.venv/bin/uv pip compile $(LOCKED) -c requirements.lock tests/badges/verifier.in -o tests/badges/verifier.lock

# The properties that the design names, a thousand examples each; `make nightly` asks for more.
properties: setup
	@COUNTERPOINT_DATABASE= $(PY) -m pytest -n 2 --hypothesis-profile thousand \
	  $$(grep -rl "tests.properties import dose" counterpoint)

# Twenty thousand examples of each named property: a night for a machine of eight cores, a day for one of two.
nightly: setup test-cluster test-connect test-badges curriculum journeys
	@$(PY) -m pytest -n auto --hypothesis-profile night --ignore tests/journeys --ignore tests/docs/test_tutorial.py
	@sh tests/with_postgres.sh $(PY) -m pytest -n 2 -m "not browser" tests/scope
	@sh tests/with_postgres.sh $(PY) -m pytest -n 2 -m "not browser" -k "test_p_ or test_quer or test_replay" counterpoint

clean:
	rm -rf var
