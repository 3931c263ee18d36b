"""Visitors to the running demo, and the browser they come with."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.journeys.visitor import DESK, Visitor

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


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


@pytest.fixture(scope="session")
def sessions() -> dict[tuple[str, str], object]:
    """Sessions of people who signed in; an address has only so many attempts in a quarter of an hour."""
    return {}


@pytest.fixture
def visitor(
    chromium: object, demo: str, sessions: dict[tuple[str, str], object], turn: None
) -> Iterator[Callable[..., Visitor]]:
    """`visitor("sun01")` is a person signed in; `visitor()` a stranger. All are content when the story ends."""
    visitors: list[Visitor] = []

    def come(staff_no: str = "", size: tuple[int, int] = DESK, language: str = "zh-CN", patience: int = 15) -> Visitor:
        known = sessions.get((staff_no, language))
        one = Visitor(chromium, demo, size=size, language=language, state=known, patience=patience)  # type: ignore[arg-type]
        visitors.append(one)
        if staff_no and known is None:
            one.sign_in(staff_no)
            sessions[staff_no, language] = one.context.storage_state()
        elif staff_no:
            one.page.goto(demo)
        return one

    yield come
    complaints = [complaint for one in visitors for complaint in one.complaints]
    for one in visitors:
        one.context.close()
    assert complaints == []
