"""Sun looks back: a day, a minute, another decision, both futures."""

import pytest

from tests.journeys.visitor import SIZES

pytestmark = pytest.mark.browser

BOTH = pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)


@BOTH
def test_a_past_day_is_stopped_at_a_minute_and_decided_otherwise(visitor, size):
    sun = visitor("sun01", size).go("/onsite/replay")
    sun.says("昨日重演")
    sun.find(".month a").first.click()
    sun.find(".scrubber output").wait_for()
    sun.look()
    assert sun.find("body").get_attribute("data-mode") == "replay"
    sun.find("#at").evaluate("(range) => { range.value = 700; range.dispatchEvent(new Event('input')); }")
    sun.until(lambda: sun.find("[data-minute-shown]").inner_text() == "11:40", "the forms follow the scrubber")
    choice = sun.find("details.choice").first
    choice.locator("summary").click()
    assert choice.locator("[name=minute]").input_value() == "700"
    choice.locator("[type=submit]").click()
    sun.find("h1").wait_for()
    sun.until(lambda: "/onsite/replay/future/" in sun.page.url, "both futures are there")
    for words in ("照旧（模拟）", "改变后（模拟）", "哪些已知，哪些靠抽样"):
        sun.says(words)
    sun.look()
    sun.find(".actions [type=submit]").click()
    sun.find(".removed [type=submit]").wait_for()
    sun.look()
