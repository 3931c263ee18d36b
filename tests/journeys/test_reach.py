"""Three languages, two themes, no mouse."""

import pytest

from tests.journeys.running import PASSWORD
from tests.journeys.visitor import SIZES

pytestmark = pytest.mark.browser

PAGES = ("/", "/onsite/hall", "/sheets/morning", "/onsite/whatif")


def choose(who, form, value):
    who.find("details.menu summary").last.click()
    who.find(f"form[action$='/{form}'] button[value='{value}']").click()
    who.page.wait_for_load_state()


def test_the_same_day_is_told_in_english_and_in_traditional_characters(visitor):
    sun = visitor("sun01")
    sun.go("/")
    choose(sun, "language", "en")
    assert sun.find("html").get_attribute("lang") == "en"
    sun.says("Good morning").says("Does everybody get served in time?")
    for path in PAGES:
        sun.go(path)
    choose(sun, "language", "zh-hant")
    assert sun.find("html").get_attribute("lang") == "zh-hant"
    sun.go("/").says("發薪日")
    assert "发薪日" not in sun.find("main").inner_text()


def test_somebody_who_reads_english_says_so_before_signing_in(visitor):
    stranger = visitor(language="en-GB")
    stranger.go("/sign-in")
    choose(stranger, "language", "en")
    stranger.says("Staff number").sign_in("sun01").says("Good morning")


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_dark_is_dark_on_every_page_and_its_text_is_light(visitor, size):
    sun = visitor("sun01", size)
    sun.go("/")
    choose(sun, "theme", "dark")
    for path in PAGES:
        sun.go(path)
        assert sun.find("html").get_attribute("data-bs-theme") == "dark"
        ground, ink = sun.page.evaluate(
            "[getComputedStyle(document.body).backgroundColor, getComputedStyle(main).color]"
        )
        assert brightness(ground) < 60 and brightness(ink) > 180


def brightness(colour):
    parts = colour[colour.index("(") + 1 : -1].split(",")[:3]
    return sum(float(part) for part in parts) / 3


def test_without_a_mouse_a_teller_signs_in_and_calls_the_next_customer(visitor):
    cai = visitor()
    cai.go("/sign-in")
    keys = cai.page.keyboard
    assert cai.page.evaluate("document.activeElement.name") == "staff_no"
    keys.type("cai01")
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    cai.page.wait_for_url("**/onsite/desk")
    for _ in range(40):
        key = next((key for key in "SFNB" if cai.find(f".desk-now [data-press={key}]").count()), None)
        if key is None:
            cai.page.wait_for_timeout(300)
            continue
        with cai.page.expect_response(lambda answer: "/do/" in answer.url) as answered:
            keys.press(key)
        told = answered.value.headers.get("hx-trigger", "")
        if "/do/call-next" in answered.value.url and told and '"level": "act"' not in told:
            break
        cai.page.wait_for_timeout(300)
    cai.find(".desk-now [data-press=S]").wait_for()
    cai.look()


def test_a_keyboard_reaches_the_content_past_the_menu(visitor):
    sun = visitor("sun01").go("/onsite/hall")
    sun.page.keyboard.press("Tab")
    assert sun.page.evaluate("document.activeElement.className") == "skip"
    sun.page.keyboard.press("Enter")
    assert sun.page.evaluate("document.activeElement.id") == "main"
