"""Sun plays the branch's day: lets it run, orders, sets a bookmark, stops the time by the space bar, ends it."""

import pytest

from tests.journeys.visitor import SIZES

pytestmark = pytest.mark.browser

BOTH = pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)


@BOTH
def test_a_day_is_played_ordered_in_paused_and_ended(visitor, size):
    sun = visitor("sun01", size).go("/academy/drill")
    sun.look()
    sun.find("#drill-seed").fill("77")
    sun.find(".drill-new button").click()
    sun.find("#drill canvas").wait_for()
    assert sun.find("body").get_attribute("data-mode") == "drill"
    clock = sun.find("[data-clock]")
    begun = clock.inner_text()
    sun.find("button[value='60']").click()
    sun.until(lambda: clock.inner_text() > begun, "the time runs")
    sun.find("form[action$=window-close] button:not([formaction])").click()
    sun.find("[data-log] li[data-kind=order]").first.wait_for()
    sun.find("[name=name]").fill("高峰前")
    sun.find("form[action$=mark] button").click()
    sun.find("[data-log] li[data-kind=mark]").first.wait_for()
    sun.find("h1").click()
    sun.page.keyboard.press(" ")
    sun.find("button[value='0'][aria-pressed=true]").wait_for()
    sun.look()
    sun.find("form[action$=over] button").click()
    sun.find("dialog[open] button").last.click()
    sun.until(lambda: "这一天已经结束" in sun.find("main").inner_text(), "the day is over")
    sun.look()
