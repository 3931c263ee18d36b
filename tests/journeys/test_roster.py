"""Sun plans next week: forecast, need, roster, publish; the journal and everybody's own page show it."""

import re

import pytest

from tests.journeys.visitor import PHONE, SIZES

pytestmark = pytest.mark.browser

NEXT_WEEK = "2026-11-30"
BOTH = pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)


@BOTH
def test_the_forecast_tells_its_own_error_and_the_need_follows_from_it(visitor, size):
    sun = visitor("sun01", size)
    sun.until(lambda: "预测准不准" in sun.go("/team/forecast").find("main").inner_text(), "the workers' forecast", 30)
    sun.says("落在区间内")
    sun.find("[data-chart]").first.scroll_into_view_if_needed()  # it is drawn when it comes into sight
    sun.find("[data-chart][data-ready]").first.wait_for()
    sun.look()
    sun.go("/team/need")
    sun.find("[data-chart][data-ready]").first.wait_for()
    assert sun.find("table tbody tr").count() > 20
    sun.look()


@pytest.mark.parametrize("path", ["/team/plan", "/team/approvals", "/team/staff", "/team/my/"])
@BOTH
def test_every_page_of_the_team_is_sound(visitor, size, path):
    visitor("sun01", size).go(path)


def drafted(sun):
    """The demo drafts it in the background after its start."""
    if sun.find("form[action$='/publish'], form[action$='/revise']").count():
        return True
    sun.page.wait_for_timeout(2000)
    sun.page.reload()
    return False


def in_draft(sun):
    """Next week's roster as a draft that can be changed."""
    sun.go(f"/team/roster?week={NEXT_WEEK}")
    sun.until(lambda: drafted(sun), "the roster of next week is drafted", seconds=90)
    if not sun.find("form[action$='/publish']").count():
        sun.find("form[action$='/revise'] button").click()
        sun.find("form[action$='/publish']").wait_for()
    sun.find("#roster .shift").first.wait_for()
    return sun


def revision(sun):
    return sun.find("form[action$='/publish'] [name=revision]").get_attribute("value")


def simulated(sun, words="九成客户等候"):
    """The card's full answer: the better one, after which nothing is under way."""
    sun.find("#roster-card .card-finding").filter(has_text=words).wait_for()
    sun.find("#roster-card .card-effect:not([data-busy])").wait_for()
    return sun.find("#roster-card").inner_text()


@BOTH
def test_a_shift_under_the_hand_tells_what_it_would_do_before_anything_is_saved(visitor, size):
    sun = in_draft(visitor("sun01", size))
    saved, shift = revision(sun), sun.find("#roster .shift").nth(2)
    was = shift.get_attribute("aria-label")
    shift.scroll_into_view_if_needed()
    box = shift.bounding_box()
    left = max(box["x"], 120) + 20
    sun.page.mouse.move(left, box["y"] + 8)
    sun.page.mouse.down()
    sun.page.mouse.move(left + 90, box["y"] + 8, steps=5)
    told = simulated(sun)
    assert "未保存" in told and "代价分" in told and "模拟 200 天" in told
    sun.look()
    sun.page.keyboard.press("Escape")
    sun.page.mouse.up()
    assert sun.find(f"#roster .shift[aria-label='{was}']").count() == 1 and revision(sun) == saved


def test_times_typed_are_tried_first_and_saved_by_the_button(visitor):
    sun = in_draft(visitor("sun01"))
    saved = revision(sun)
    sun.find("#roster .shift").nth(3).click()
    sun.says("覆盖的需求")
    end = sun.find("#roster-card [name=end]")
    hours, minutes = map(int, end.input_value().split(":"))
    end.fill(f"{hours - 1:02d}:{minutes:02d}")
    assert "未保存" in simulated(sun) and revision(sun) == saved
    sun.look()
    with sun.page.expect_response(lambda answer: answer.url.endswith("/edit")) as edited:
        sun.find("#roster-card [data-save]").click()
    assert edited.value.ok
    sun.until(lambda: revision(sun) != saved, "the change is saved")
    sun.says("已保存")
    sun.page.keyboard.press("Control+z")
    sun.until(lambda: int(revision(sun)) == int(saved) + 2, "the change is undone")


def test_who_was_off_keeps_the_post_when_the_lunch_moves_before_the_first_save(visitor):
    sun = in_draft(visitor("sun01"))
    added = sun.find("#roster button.roster-add").first
    key = added.get_attribute("data-key")
    added.click()
    simulated(sun)
    lunch = sun.find("#roster-card [name=lunch]")
    hours, minutes = map(int, lunch.input_value().split(":"))
    lunch.fill(f"{hours + 1:02d}:{minutes:02d}")
    simulated(sun)
    with sun.page.expect_response(lambda answer: answer.url.endswith("/edit")) as edited:
        sun.find("#roster-card [data-save]").click()
    assert edited.value.ok
    sun.says("已保存")
    sun.find(f"#roster .shift[data-key='{key}'] .task").first.wait_for()


def test_without_a_connection_the_card_says_that_nothing_is_known_and_nothing_saved(visitor):
    sun = in_draft(visitor("sun01"))
    sun.expected.append("ERR_INTERNET_DISCONNECTED|Failed to fetch|net::ERR")
    sun.context.set_offline(True)
    sun.find("#roster .shift").first.focus()
    sun.page.keyboard.press("ArrowRight")
    sun.says("网络已断开：此改动的影响未知，也未保存。")
    sun.context.set_offline(False)
    sun.page.keyboard.press("Escape")


def test_the_roster_of_next_week_is_changed_by_keyboard_published_and_recorded(visitor):
    sun = visitor("sun01").go(f"/team/roster?week={NEXT_WEEK}")
    sun.until(lambda: drafted(sun), "the roster of next week is drafted", seconds=90)
    if not sun.find("form[action$='/publish']").count():
        sun.find("form[action$='/revise'] button").click()
        sun.find("form[action$='/publish']").wait_for()
    shift = sun.find("#roster [tabindex='0'][aria-label*='班次']").first
    shift.wait_for()
    before = shift.get_attribute("aria-label")
    shift.focus()
    sun.page.keyboard.press("ArrowRight")
    with sun.page.expect_response(lambda answer: answer.url.endswith("/edit")) as edited:
        sun.page.keyboard.press("Enter")
    assert edited.value.ok
    sun.until(lambda: before not in sun.find("#roster").inner_html(), "the shift has moved")
    sun.look()
    sun.find("form[action$='/publish'] button").click()
    sun.find("#confirm[open]").wait_for()
    with sun.page.expect_navigation():
        sun.find("#confirm [data-yes]").click()
    sun.says("已发布").look()
    sun.go("/journal?kind=team.roster_published")
    assert "孙敏" in sun.find("tbody tr").first.inner_text()


def test_a_teller_finds_the_own_shifts_on_the_phone(visitor):
    cai = visitor("cai01", PHONE).go("/team/my/")
    assert re.search(r"11-25 周三\s+\d\d:\d\d–\d\d:\d\d", cai.find("main").inner_text())
