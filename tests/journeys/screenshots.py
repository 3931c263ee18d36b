"""Makes the pictures of the README from a running demo.

counterpoint demo --speed 0 --no-open --port 8877
python -m tests.journeys.screenshots http://127.0.0.1:8877
"""

import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.journeys.conftest import ARGUMENTS, CHROMIUM
from tests.journeys.visitor import Visitor

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
LIMIT = 300_000


def hall(sun: Visitor) -> Page:
    """The hall at half past ten, with its faint future."""
    sun.go("/onsite/hall")
    sun.find(".queue-future").first.wait_for(timeout=60_000)
    return sun.page


def roster(sun: Visitor) -> Page:
    """The payday in the roster: people by half hours under demand and coverage."""
    sun.go("/team/roster")
    sun.find("#roster .shift").first.wait_for()
    sun.find(
        "#roster button",
    ).filter(has_text="11-25").click()
    return sun.page


def save(page: Page, name: str) -> Path:
    """A picture in 256 colours, small enough for a first screen."""
    target = IMAGES / f"{name}.png"
    page.wait_for_timeout(500)
    page.screenshot(path=str(target))
    with Image.open(target) as picture:
        picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(target, optimize=True)
    assert target.stat().st_size < LIMIT, f"{name} has {target.stat().st_size} bytes"
    return target


def main(url: str) -> None:
    """Photograph the hall and the roster as Sun sees them."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        sun = Visitor(browser, url, size=(1440, 1000)).sign_in("sun01")
        for name, open_page in (("hall", hall), ("roster", roster)):
            target = save(open_page(sun), name)
            sys.stdout.write(f"{target.name}: {target.stat().st_size // 1000} kB\n")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
