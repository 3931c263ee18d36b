"""Guo, the lobby manager, with one hand and a phone."""

import json
import re

import pytest

from tests.journeys.visitor import PHONE

pytestmark = pytest.mark.browser


def press(guo, place, deed):
    with guo.page.expect_response(lambda answer: f"/do/{deed}" in answer.url) as answered:
        place.locator(f"form[action$='/do/{deed}'] [type=submit]").first.click()
    said = answered.value.headers.get("hx-trigger", "")
    assert '"level": "act"' not in said, said


def take(guo, service):
    """A ticket for a customer who does not manage the machine; returns its number."""
    if not guo.find("details.take[open]").count():
        guo.find("details.take summary").click()
    guo.find("details.take select[name=service]").select_option(service)
    with guo.page.expect_response(lambda answer: "/do/take" in answer.url) as answered:
        guo.find("details.take [type=submit]").click()
    return re.match(r"[A-Z]\d+", json.loads(answered.value.headers["hx-trigger"])["toast"]["text"]).group()


def waiting(guo, label):
    return guo.find("#lobby .rows li").filter(has=guo.page.locator(f".dot:has(span:text-is('{label}'))"))


def test_a_helped_customer_waits_in_the_list_and_is_marked_for_care(visitor):
    guo = visitor("guo01", PHONE).look()
    label = take(guo, "cash_withdrawal")
    guo.until(lambda: waiting(guo, label).count() == 1, f"{label} waits in the list")
    press(guo, waiting(guo, label), "flag")
    guo.until(lambda: "关爱" in waiting(guo, label).locator("small").inner_text(), f"{label} is marked for care")
    assert waiting(guo, label).locator("form[action$='/do/divert']").count() == 0, "nobody in need is sent away"
    guo.look()


def news(guo):
    """Something happened elsewhere: the page is told, as the stream tells it."""
    guo.page.evaluate("document.body.dispatchEvent(new CustomEvent('live:any'))")


def caring(guo, label):
    return waiting(guo, label).locator("form[action$='/do/flag'] [type=submit]")


def test_news_under_a_pressing_finger_wait_until_it_is_up(visitor):
    guo = visitor("guo01", PHONE).look()
    label = take(guo, "cash_withdrawal")
    guo.until(lambda: waiting(guo, label).count() == 1, f"{label} waits in the list")
    with guo.page.expect_response(lambda answer: "/do/flag" in answer.url):
        caring(guo, label).hover()
        guo.page.mouse.down()
        pressed = caring(guo, label).element_handle()
        for _ in range(3):
            news(guo)
            guo.page.wait_for_timeout(400)
        assert pressed.evaluate("button => button.isConnected"), "the button is still under the finger"
        guo.page.mouse.up()
    guo.until(lambda: "关爱" in waiting(guo, label).locator("small").inner_text(), f"{label} is marked for care")


def under_the_keyboard(guo):
    """What the focused button sends where; read in one go, because the list goes on refreshing itself."""
    return guo.page.evaluate(
        "() => { const form = document.activeElement.closest('form');"
        " return form ? `${form.getAttribute('action')} ${form.elements.ticket?.value}` : '' }"
    )


def test_the_keyboard_stays_on_its_button_when_the_list_is_refreshed(visitor):
    guo = visitor("guo01", PHONE).look()
    label = take(guo, "cash_withdrawal")
    guo.until(lambda: waiting(guo, label).count() == 1, f"{label} waits in the list")

    def focused():
        caring(guo, label).focus()
        return under_the_keyboard(guo)

    guo.until(lambda: "/do/flag" in focused(), "the keyboard is on the button")
    button = under_the_keyboard(guo)
    before = guo.page.evaluate_handle("document.activeElement")
    news(guo)
    guo.until(lambda: not before.evaluate("button => button.isConnected"), "the list was refreshed")
    assert under_the_keyboard(guo) == button


def test_a_customer_is_guided_to_a_machine_and_leaves_the_queue(visitor):
    guo = visitor("guo01", PHONE).look()
    label = take(guo, "cash_deposit")
    guo.until(lambda: waiting(guo, label).count() == 1, f"{label} waits in the list")
    press(guo, waiting(guo, label), "divert")
    guo.until(lambda: waiting(guo, label).count() == 0, f"{label} is not in the queue any more")
    guo.look()


def test_every_target_is_large_enough_for_a_thumb(visitor):
    guo = visitor("guo01", PHONE).look()
    small = guo.find("main button:visible, nav.bottom a, summary:visible").evaluate_all(
        "all => all.filter((one) => one.getBoundingClientRect().height < 40)"
        ".map((one) => `${one.innerText} ${one.getBoundingClientRect().height}`)"
    )
    assert small == []
