"""Sun asks what tomorrow would be like, rehearses an outage, and shares the address with the region."""

import pytest

from tests.journeys.visitor import SIZES

pytestmark = pytest.mark.browser
SAYS = ".whatif-says"


def answered(who, words):
    """Wait for an answer that says so; the first one loads the simulation."""
    who.find(SAYS).filter(has_text=words).wait_for(timeout=60_000)
    return who.find(SAYS).inner_text()


def opened(who):
    """The page, once the demo's planner has made its forecast: until then fewer things are known of the day."""
    who.go("/onsite/whatif")
    answered(who, "按原计划")
    who.until(
        lambda: "的预测" in who.find("#whatif-answer").inner_text() or not who.go("/onsite/whatif"), "a forecast", 60
    )
    answered(who, "按原计划")
    return who


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_a_slider_is_answered_in_place_and_the_address_can_be_shared(visitor, size):
    sun = opened(visitor("sun01", size))
    slider = sun.find("#id_arrivals")
    slider.focus()
    for _press in range(4):
        sun.page.keyboard.press("ArrowRight")
    answered(sun, "客户增加 20 %")
    sun.find("#whatif-steps").wait_for(timeout=30_000)
    assert "最有效的一步" in sun.find("#whatif-best").inner_text()
    assert sun.page.url.endswith("&arrivals=20")
    assert sun.find("figure[data-chart]").count() == 2
    sun.look()
    rui = visitor("rui91", size)
    rui.go(sun.page.url.removeprefix(sun.url))
    assert answered(rui, "客户增加 20 %") == sun.find(SAYS).inner_text()


def test_an_outage_is_rehearsed_a_step_is_tried_and_the_way_back_leads_back(visitor):
    sun = opened(visitor("sun01"))
    sun.find(".whatif-ready a").filter(has_text="系统故障").click()
    answered(sun, "全部自助设备停用")
    sun.look()
    assert sun.find("[name=speed]").input_value() == "40"
    sun.find("#whatif-steps a").first.click()
    sun.page.wait_for_load_state()
    sun.look().page.go_back()
    answered(sun, "全部自助设备停用")
    with sun.page.expect_download() as saved:
        sun.find("#whatif-answer a[download]").first.click()
    assert saved.value.suggested_filename.startswith("what-if-")


def test_nobody_at_the_windows_is_said_in_words(visitor):
    sun = opened(visitor("sun01")).go("/onsite/whatif?plan=need")
    keys = sun.page.eval_on_selector_all("[name^=post_]", "all => all.map((one) => one.name)")
    sun.go("/onsite/whatif?plan=need&" + "&".join(f"{key}=off" for key in keys))
    sun.says("此情景无法推演").says("当天没有人在窗口")
