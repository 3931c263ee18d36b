"""One demo bank for all journeys of a run and for the tutorial, also when several workers share the run.

COUNTERPOINT_DEMO_URL walks through a demo that already runs (with --speed 0), for writing journeys quickly;
COUNTERPOINT_DEMO_HOME says where it keeps its things, for journeys that ask a prompter.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from counterpoint.ui import assets
from tests.journeys.running import Running, end


@contextmanager
def alone(folder: Path, name: str) -> Iterator[None]:
    """Hold a lock that all workers of this run know."""
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def common(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this run share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def demo(common: Path) -> Iterator[str]:
    """The address of a running demo at half past ten; the first worker starts it, the last one stops it."""
    if given := os.environ.get("COUNTERPOINT_DEMO_URL"):
        yield given.rstrip("/")
        return
    if not (assets.folder() / "dist" / "app.js").is_file():
        pytest.skip("the front end is not built: make setup")
    note = common / "demo.json"
    with alone(common, "demo"):
        known = json.loads(note.read_text()) if note.exists() else started(common / "demo")
        note.write_text(json.dumps(known | {"users": known["users"] + 1}))
    yield known["url"]
    with alone(common, "demo"):
        known = json.loads(note.read_text())
        note.write_text(json.dumps(known | {"users": known["users"] - 1}))
        if known["users"] == 1:
            note.unlink()
            end(known["pid"])


@pytest.fixture(scope="session")
def demo_home(demo: str, common: Path) -> Path:
    """Where the running demo keeps its things."""
    given = os.environ.get("COUNTERPOINT_DEMO_HOME", "")
    return Path(given) if given else Path(str(json.loads((common / "demo.json").read_text())["home"]))


@pytest.fixture
def turn(common: Path) -> Iterator[None]:
    """One story at a time: two would meet at the same window."""
    with alone(common, "turn"):
        yield


def started(folder: Path) -> dict[str, object]:
    """A seeded, running demo that nobody uses yet."""
    number = len(list(folder.parent.glob(f"{folder.name}-*")))
    running = Running(folder.with_name(f"{folder.name}-{number}"))
    running.seed()
    return {"url": running.url, "home": str(running.home), "pid": running.start(), "users": 0}
