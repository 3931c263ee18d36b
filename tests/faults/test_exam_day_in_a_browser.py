"""The day of an exam in a real browser: the network cut, the page reloaded, the server killed, and nothing is lost."""

import os

import pytest

from tests.faults.test_exams_in_a_browser import (
    branch_home,  # noqa: F401  (fixtures)
    candidate,  # noqa: F401
    playing,  # noqa: F401
    server,  # noqa: F401
)
from tests.faults.walker import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
    pytest.mark.skipif(bool(os.environ.get("COUNTERPOINT_DATABASE")), reason="the browser's side is the same on both"),
]

MEASURE = """
    from types import SimpleNamespace
    from counterpoint.academy.tests.examined import measured_days
    with unscoped("the test finds the bank"):
        units = {one.code: one for one in OrgUnit.objects.all()}
    measured_days(SimpleNamespace(hq=units["hq"], b01=units["b01"], now=clock.now()))
    answer()
"""
LOG = """
    from counterpoint.academy.drill import log
    from counterpoint.academy.models import Grade, Sitting
    with unscoped("the test reads the log"):
        row = Sitting.objects.select_related("session").get(pk=sys.argv[1])
        lines = log.lines(row.session)
        grade = Grade.objects.filter(sitting=row).first()
        answer(
            acts=[line.act or line.kind for line in lines], whole=log.first_bad(row.session) is None,
            state=row.session.state, sitting=row.state, begun=grade and grade.day["begun"],
            position=grade and grade.day["position"],
        )
"""


def guide(page, service):
    """Guide a service's customers to machines, and wait for its line in the log."""
    form = page.locator("form[action$='/diversion']")
    form.locator("select[name=service]").select_option(service)
    form.locator("select[name=share]").select_option("700")
    form.locator("button").click()
    page.wait_for_selector("[data-log] li[data-kind=order]", timeout=60_000)


def press(page, button):
    """Press what asks first, and say yes."""
    page.click(button)
    page.click("#confirm[open] [data-yes]")


def test_a_day_survives_network_reload_and_the_servers_death(branch_home, server, candidate):  # noqa: F811
    branch_home.play(MEASURE, timeout=600)
    page = candidate.page
    candidate.sign_in("sun")
    box = page.locator("section.block", has_text="运营主管实操考试")
    box.locator("summary").click()
    box.locator("button").click()
    candidate.ready()
    exam = page.url
    candidate.choose(range(1, 4))
    candidate.saved()
    press(page, "form[action$='/day'] button")
    page.wait_for_selector("[data-clock]:not(:text('--:--'))", timeout=60_000)
    assert page.locator(".drill-speeds").count() == 0
    guide(page, "cash_deposit")
    before = page.inner_text("[data-clock]")
    candidate.context.set_offline(True)
    page.wait_for_selector("[data-note]:not([hidden])", timeout=60_000)
    candidate.context.set_offline(False)
    server.kill()
    server.start()
    page.reload()
    page.wait_for_function(f"document.querySelector('[data-clock]').textContent > '{before}'", timeout=60_000)
    guide(page, "transfer")
    press(page, "form[action$='/over'] button")
    page.wait_for_selector(".drill[data-over]", timeout=60_000)
    page.click(f"a[href='{exam.removeprefix(server.url)}']")
    candidate.ready()
    assert page.locator("form[action$='/day']").count() == 0, "played once"
    page.click("[data-hand-in]")
    page.click("[data-sure]")
    page.wait_for_url("**/review")
    found = branch_home.play(LOG, exam.rsplit("/", 1)[1], timeout=300)
    assert found["acts"] == ["pace", "diversion", "diversion", "over"] and found["whole"]
    assert (found["state"], found["sitting"], found["begun"]) == ("over", "submitted", True)
    assert 0 <= found["position"] <= 1
