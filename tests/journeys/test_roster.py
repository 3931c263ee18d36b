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
    with sun.page.expect_response(lambda answer: answer.url.endswith("/edit")) as edited:
        sun.page.keyboard.press("ArrowRight")
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
