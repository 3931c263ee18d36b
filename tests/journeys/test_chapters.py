"""Each chapter's page opens, fits and speaks one language on desk and phone; its pictures stand in the documents.

`make pictures` takes the pictures from the demo as it is seeded; every other run sees that they are there.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

from tests.journeys.visitor import SIZES

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ROOT / "docs" / "images"
TAKES = "COUNTERPOINT_PICTURES" in os.environ
LIMIT = 200_000  # bytes of a picture


@dataclass(frozen=True)
class Chapter:
    """A page worth a picture: who opens it where, what is waited for, and the words to press to get inside."""

    name: str
    path: str
    waits: str = "main"
    press: str = ""
    who: str = "sun01"


CHAPTERS = (
    Chapter("hall", "/onsite/hall", ".queue-future"),
    Chapter("roster", "/team/roster?day=2026-11-25", "#roster .shift"),
    Chapter("desk", "/desk"),
    Chapter("complaints", "/service/complaints"),
    Chapter("complaint", "/service/complaints", "main h1", "main table a, main .rows a"),
    Chapter("assets", "/onsite/assets"),
    Chapter("rounds", "/rounds/"),
    Chapter("disputes", "/team/disputes"),
    Chapter("groups", "/team/groups", who="rui91"),
    Chapter("floating", "/team/floating", who="rui91"),
    Chapter("risk", "/risk/"),
    Chapter("emergencies", "/risk/emergencies"),
    Chapter("numbers", "/analytics/"),
    Chapter("alerts", "/analytics/alerts/?which=all"),
    Chapter("self-checks", "/self-checks"),
    Chapter("definitions", "/content/", who="hua90"),
    Chapter("learning", "/academy/"),
    Chapter("courses", "/academy/courses"),
    Chapter("drills", "/academy/drill"),
    Chapter("exams", "/academy/exam"),
    Chapter("competence", "/competence"),
    Chapter("certificates", "/academy/certificates"),
    Chapter("league", "/academy/league"),
    Chapter("floor", "/onsite/floor"),
    Chapter("number", "/analytics/kpis/onsite.wait_p90/"),
    Chapter("plan", "/plays/plan/risk.system_outage/"),
    Chapter("board", "/cases/board?type=onsite.rectification"),
    Chapter("evening", "/sheets/evening"),
)
IDS = [one.name for one in CHAPTERS]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("chapter", CHAPTERS, ids=IDS)
def test_a_chapter_fits_and_speaks_chinese_on_desk_and_phone(visitor, chapter, size):
    who = visitor(chapter.who, SIZES[size]).go(chapter.path)
    if chapter.press:
        who.find(chapter.press).locator("visible=true").first.click()
        who.page.wait_for_load_state()
        who.look()
    who.find(chapter.waits).first.wait_for(timeout=60_000)
    target = IMAGES / f"{chapter.name}-{size}.png"
    if TAKES:
        taken(who.page, target)
    with Image.open(target) as picture:
        assert picture.size == SIZES[size]
    assert target.stat().st_size < LIMIT


def taken(page, target):
    """A picture in few colours, small enough for a document."""
    page.wait_for_timeout(500)
    page.screenshot(path=str(target))
    with Image.open(target) as picture:
        few = picture.convert("RGB").quantize(96, dither=Image.Dither.NONE)
    few.save(target, optimize=True)


@pytest.mark.parametrize("language", ["zh-hant", "en"])
def test_every_chapter_opens_in_the_other_languages_on_a_phone(visitor, language):
    for who in sorted({one.who for one in CHAPTERS}):
        person = visitor(who, SIZES["phone"]).go("/")
        person.find("details.menu summary").last.click()
        person.find(f"form[action$='/language'] button[value='{language}']").click()
        person.page.wait_for_load_state()
        for chapter in CHAPTERS:
            if chapter.who == who:
                person.go(chapter.path)
                assert person.find("html").get_attribute("lang") == language


def test_every_picture_is_shown_in_a_document():
    text = "".join(page.read_text() for page in (ROOT / "README.md", *ROOT.glob("docs/**/*.md")))
    hidden = [
        f"{one.name}-{size}.png" for one in CHAPTERS for size in SIZES if f"images/{one.name}-{size}.png" not in text
    ]
    assert hidden == []
