"""One demo bank for all journeys of a run, and visitors to it.

COUNTERPOINT_DEMO_URL walks through a demo that already runs, for writing journeys quickly.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from counterpoint.ui import assets
from tests.journeys.running import Running
from tests.journeys.visitor import DESK, Visitor

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys share one bank, so one worker walks them all; each is a browser test."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("demo"))


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


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """Debian's Chromium."""
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visitor(chromium: object, demo: str) -> Iterator[Callable[..., Visitor]]:
    """`visitor("sun01")` is a person signed in; `visitor()` a stranger. All are content when the story ends."""
    visitors: list[Visitor] = []

    def come(staff_no: str = "", size: tuple[int, int] = DESK, language: str = "zh-CN") -> Visitor:
        one = Visitor(chromium, demo, size=size, language=language)  # type: ignore[arg-type]
        visitors.append(one)
        return one.sign_in(staff_no) if staff_no else one

    yield come
    complaints = [complaint for one in visitors for complaint in one.complaints]
    for one in visitors:
        one.context.close()
    assert complaints == []
