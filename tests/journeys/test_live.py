"""What one person does, others see at once; a page that hears nothing says so and catches up."""

import json
import re

import pytest

from tests.journeys.visitor import PHONE

pytestmark = pytest.mark.browser

SOON = 3


def take(guo, service="cash_deposit"):
    """A ticket through the lobby's form; returns its number."""
    if not guo.find("details.take[open]").count():
        guo.find("details.take summary").click()
    guo.find("details.take select[name=service]").select_option(service)
    with guo.page.expect_response(lambda answer: "/do/take" in answer.url) as answered:
        guo.find("details.take [type=submit]").click()
    return re.match(r"[A-Z]\d+", json.loads(answered.value.headers["hx-trigger"])["toast"]["text"]).group()


def dot(sun, label):
    return sun.find(f"#hall .dot:has(span:text-is('{label}'))")


def test_a_ticket_taken_in_the_lobby_appears_in_the_supervisors_hall_within_seconds(visitor):
    sun = visitor("sun01").go("/onsite/hall")
    sun.until(lambda: sun.find("html").get_attribute("data-live-state") == "live", "the stream is open")
    guo = visitor("guo01", PHONE)
    label = take(guo)
    dot(sun, label).wait_for(timeout=SOON * 1000)
    sun.look()


def test_a_page_without_news_says_that_it_is_old_and_catches_up_when_the_stream_returns(visitor):
    sun, guo = visitor("sun01").go("/onsite/hall"), visitor("guo01", PHONE)
    sun.until(lambda: sun.find("html").get_attribute("data-live-state") == "live", "the stream is open")
    sun.expected.append("ERR_INTERNET_DISCONNECTED|network|htmx:(afterRequest|sendError)")
    sun.context.set_offline(True)
    sun.find("#connection").wait_for()
    assert sun.find("html").get_attribute("data-live-state") in ("offline", "stale")
    label = take(guo)
    assert dot(sun, label).count() == 0
    sun.context.set_offline(False)
    dot(sun, label).wait_for(timeout=20_000)
    sun.find("#connection").wait_for(state="hidden")
    sun.look()


def test_the_hall_moves_by_itself_when_the_demo_clock_runs(visitor):
    sun = visitor("sun01").go("/onsite/hall")
    before = sun.find(".hall-head p").inner_text()
    clock = visitor("sun01").go("/demo")
    try:
        clock.find("button[name=speed][value='20']").click()
        sun.until(lambda: sun.find(".hall-head p").inner_text() != before, "customers come and go", seconds=30)
    finally:
        clock.find("button[name=speed][value='0']").click()
    clock.find("button[name=speed][value='0'][aria-pressed=true]").wait_for()
    sun.look()
