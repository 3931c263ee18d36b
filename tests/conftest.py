"""One demo bank for all journeys of a run and for the tutorial.

COUNTERPOINT_DEMO_URL walks through a demo that already runs (with --speed 0), for writing journeys quickly.
"""

import os
from collections.abc import Iterator

import pytest

from counterpoint.ui import assets
from tests.journeys.running import Running


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running demo at half past ten."""
    if given := os.environ.get("COUNTERPOINT_DEMO_URL"):
        yield given.rstrip("/")
        return
    if not (assets.folder() / "dist" / "app.js").is_file():
        pytest.skip("the front end is not built: make setup")
    running = Running(tmp_path_factory.mktemp("demo") / "home")
    running.seed()
    running.start()
    yield running.url
    running.stop()
