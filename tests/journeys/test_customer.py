"""A customer with a kiosk and a phone, Cai at window 4, and the screen above the windows."""

import re
from contextlib import suppress

import pytest
from playwright.sync_api import TimeoutError as GoneMeanwhile

from tests.journeys.visitor import PHONE

pytestmark = pytest.mark.browser


def take_ticket(kiosk, group, service, tier="standard"):
    """Three taps; returns the number and the address that the QR code holds."""
    kiosk.go("/onsite/kiosk")
    kiosk.find(f"a.kiosk-choice[href$='/for/{group}']").click()
    kiosk.find(f"a.kiosk-choice[href$='/{service}']").click()
    kiosk.find(f"button[name=tier][value={tier}]").wait_for()
    kiosk.look()
    kiosk.find(f"button[name=tier][value={tier}]").click()
    kiosk.find(".kiosk-number").wait_for()
    kiosk.look()
    path = kiosk.find(".kiosk-address").inner_text().partition("/")[2]
    return kiosk.find(".kiosk-number").inner_text().strip(), f"/{path}"


def press(teller, deed):
    """Press a button of the window and hear the server agree."""
    with teller.page.expect_response(lambda answer: f"/do/{deed}" in answer.url) as answered:
        teller.find(f".desk-now form[action$='/do/{deed}'] [type=submit]").first.click()
    said = answered.value.headers.get("hx-trigger", "")
    teller.until(lambda: not teller.find(".desk-now .htmx-request").count(), "the window has answered")
    return '"level": "act"' not in said


def offers(teller, deed):
    return teller.find(f".desk-now form[action$='/do/{deed}']").count() > 0


def be_free(teller):
    """Come to the point where the next number can be called."""
    for _ in range(60):
        if offers(teller, "call-next"):
            return
        deed = next((deed for deed in ("start", "finish", "break-end") if offers(teller, deed)), None)
        if deed is not None:
            with suppress(GoneMeanwhile):  # the hall goes on by itself, too
                press(teller, deed)
        teller.page.wait_for_timeout(400)
    raise AssertionError(teller.find("main").inner_text())


def call_until(teller, label, most=40):
    """Serve the queue by hand until this number is called."""
    for _ in range(most):
        be_free(teller)
        press(teller, "call-next")
        teller.until(lambda: offers(teller, "start") or offers(teller, "finish"), "somebody is called")
        if teller.find(".desk-number").inner_text().strip() == label:
            return
    raise AssertionError(f"{label} was never called")


def test_a_customer_is_served_and_sees_every_step_on_the_own_phone(visitor):
    kiosk = visitor("sun01")
    label, path = take_ticket(kiosk, "cash", "cash_withdrawal", "priority")
    kiosk.says("分钟")

    phone = visitor(size=PHONE).go(path)
    phone.says(label).says("前面还有")
    teller = visitor("cai01").go("/onsite/desk")
    screen = visitor("sun01").go("/onsite/screen")

    call_until(teller, label)
    number = re.search(r"\d+", teller.find("h1").inner_text()).group()
    screen.says(label, seconds=5)
    phone.says("请到", seconds=8)
    assert phone.find(".phone-called strong").inner_text() == number
    phone.look()
    screen.look()
    press(teller, "start")
    teller.until(lambda: offers(teller, "finish"), "the customer is being served")
    press(teller, "finish")
    teller.until(lambda: not offers(teller, "finish"), "the customer is finished")
    phone.says("感谢", seconds=8)
    phone.look()
    teller.look()


def test_a_customer_who_gives_the_ticket_back_is_told_so_and_cannot_come_later(visitor):
    _label, path = take_ticket(visitor("sun01", size=PHONE), "wealth", "fund_insurance")
    phone = visitor(size=PHONE).go(path)
    phone.find("form[action$='/late'] button").click()
    phone.find("form[action$='/cancel'] button").click()
    phone.find("form[action$='/cancel']").wait_for(state="detached")
    phone.look()
    phone.expected.append("409|404")
    assert phone.page.request.post(f"{phone.url}{path}/late").status in (403, 409)


def test_a_guessed_ticket_address_shows_nothing(visitor):
    stranger = visitor(size=PHONE)
    stranger.expected.append("404")
    assert stranger.page.goto(f"{stranger.url}/t/AAAAAAAAAAAA").status == 404
    stranger.says("这里没有内容").look()
