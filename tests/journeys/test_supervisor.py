"""Sun, the operations supervisor, on the payday: desk, hall, replay, sheets, journal."""

import re

import pytest

from tests.journeys.visitor import SIZES

pytestmark = pytest.mark.browser

BOTH = pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
QUIET_WINDOW = "12"  # business customers: few tickets, so that closing it changes little


def lane(sun, number):
    return sun.find(".lane").filter(has=sun.page.locator(f".lane-number:text-is('{number}')"))


def press(sun, place, deed):
    """Press the button of a deed inside a place and wait for the server's word."""
    with sun.page.expect_response(lambda answer: answer.url.endswith(f"/do/{deed}")) as answered:
        place.locator(f"form[action$='/do/{deed}'] [type=submit]").first.click()
    said = answered.value.headers.get("hx-trigger", "")
    assert answered.value.status == 204 and '"level": "act"' not in said, said


@BOTH
def test_at_half_past_ten_the_desk_asks_the_question_of_the_hour(visitor, size):
    sun = visitor("sun01", size).go("/")
    for words in ("上午好，孙敏", "发薪日", "每位客户都能按时办上业务吗？", "大厅现况", "今日守诺"):
        sun.says(words)
    assert sun.find("article[id^=panel-]").count() >= 3
    levels = sun.find("article[id^=panel-]").evaluate_all("all => all.map((one) => one.dataset.level)")
    rank = {level: place for place, level in enumerate(("act", "watch", "info", "calm", "fine"))}
    assert rank[levels[0]] == min(rank[one] for one in levels), "the loudest panel comes first"
    sun.find("article[id^=panel-] h3 a").first.click()
    sun.find("#drawer[open] [data-body] :not(.loading)").first.wait_for()
    sun.look()
    sun.page.keyboard.press("Escape")
    assert not sun.find("#drawer").is_visible()


@BOTH
def test_a_window_is_closed_and_opened_again_from_the_hall(visitor, size):
    sun = visitor("sun01", size).go("/onsite/hall")
    window = lane(sun, QUIET_WINDOW)
    who = window.locator(".lane-person").inner_text()
    window.locator("summary").click()
    press(sun, window, "window-close")
    sun.until(lambda: "lane-open" not in window.get_attribute("class"), "the window is closed")
    sun.look()
    window.locator("summary").click()
    window.locator("select[name=user]").select_option(label=option_of(window, who))
    press(sun, window, "window-open")
    sun.until(lambda: "lane-open" in window.get_attribute("class"), "the window is open again")
    assert window.locator(".lane-person").inner_text() == who
    sun.look()


def option_of(window, who):
    window.locator("select[name=user] option").first.wait_for(state="attached")
    return next(text for text in window.locator("select[name=user] option").all_inner_texts() if text.startswith(who))


@BOTH
def test_a_person_goes_to_the_lobby_and_the_hall_says_so(visitor, size):
    sun = visitor("sun01", size).go("/onsite/hall")
    idle = sun.page.locator("small", has_text=re.compile("大堂|后台|未安排"))
    row = sun.find(".people li").filter(has=idle).first
    name = row.locator(".rows-main").inner_text().split("\n")[0]
    person = sun.find(".people li").filter(has_text=name)
    for place, words in (("back_office", "后台"), ("lobby", "大堂")):
        person.locator("select[name=place]").select_option(place)
        press(sun, person, "person-move")
        sun.until(lambda words=words: words in person.locator("small").inner_text(), f"{name}: {words}")
    for place in ("back_office", "lobby"):  # faster than the hall redraws itself
        person.locator("select[name=place]").select_option(place)
        press(sun, person, "person-move")
    sun.until(lambda: "大堂" in person.locator("small").inner_text(), f"{name}: 大堂")
    sun.look()


@BOTH
def test_a_machine_fails_and_works_again(visitor, size):
    sun = visitor("sun01", size).go("/onsite/hall")
    machine = sun.find(".machines li").filter(has_text="stm4")
    press(sun, machine, "device-fault")
    sun.until(lambda: machine.locator("form[action$='/device-restored']").count() == 1, "out of order")
    assert "停用" in machine.inner_text()
    press(sun, machine, "device-restored")
    sun.until(lambda: machine.locator("form[action$='/device-fault']").count() == 1, "works")
    sun.look()


@BOTH
def test_the_scrubber_replays_the_morning_in_its_own_frame_and_returns_to_now(visitor, size):
    sun = visitor("sun01", size).go("/onsite/hall")
    now = sun.find("#hall h1").inner_text()
    sun.find("#at").fill(str(9 * 60 + 40))
    sun.until(lambda: sun.find("body").get_attribute("data-mode") == "replay", "the frame says replay")
    assert "09:40" in sun.find(".bar .mode").inner_text()
    assert sun.find("#hall h1").inner_text() != now
    assert sun.find("#hall form").count() == 0, "nobody acts in the past"
    sun.look()
    sun.find("[data-live-again]").click()
    sun.page.wait_for_url("**/onsite/hall")
    assert sun.find("body").get_attribute("data-mode") == "live"
    sun.look()


@BOTH
def test_both_sheets_write_themselves_and_print(visitor, size):
    sun = visitor("sun01", size)
    for path, words in (
        ("/sheets/morning", ("晨会单", "今日客流", "排班与午餐轮换", "上一营业日 11-24")),
        ("/sheets/evening", ("夕会单", "未了事项", "当日情况", "下一营业日 11-26")),
    ):
        sun.go(path)
        for text in words:
            sun.says(text)
        printed = sun.page.request.get(f"{sun.url}{path}.pdf")
        assert printed.headers["content-type"] == "application/pdf"
        assert printed.body().startswith(b"%PDF")


@BOTH
def test_what_was_done_is_in_the_journal_with_who_did_it(visitor, size):
    sun = visitor("sun01", size).go("/onsite/hall")
    machine = sun.find(".machines li").filter(has_text="crs4")
    press(sun, machine, "device-fault")
    sun.until(lambda: machine.locator("form[action$='/device-restored']").count() == 1, "out of order")
    press(sun, machine, "device-restored")
    sun.until(lambda: machine.locator("form[action$='/device-fault']").count() == 1, "works")
    sun.go("/journal")
    sun.says("条记录自写入后未被改动")
    sun.find("select[name=kind]").select_option("onsite.device_failed")
    sun.find("form.filters [type=submit]").click()
    sun.page.wait_for_url("**kind=onsite.device_failed**")
    sun.look()
    assert "孙敏" in sun.find("tbody tr").first.inner_text()


@pytest.mark.parametrize("path", ["/onsite/lobby", "/onsite/desk", "/onsite/history", "/account", "/demo", "/setup"])
@BOTH
def test_every_other_page_of_the_supervisor_is_sound(visitor, size, path):
    visitor("sun01", size).go(path)


@BOTH
def test_a_wrong_address_says_in_words_what_to_do(visitor, size):
    sun = visitor("sun01", size)
    sun.expected.append("404")
    assert sun.page.goto(f"{sun.url}/nowhere").status == 404
    sun.says("这里没有内容").look()
    sun.page.get_by_role("link", name="回到工作台").click()
    sun.says("上午好")
