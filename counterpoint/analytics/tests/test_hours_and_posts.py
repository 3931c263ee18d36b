"""Numbers by hour and by machine: on the page, down to the rows, in Excel, in the open API."""

import io
from datetime import date, datetime

import openpyxl
import pytest
from django.utils import translation

from counterpoint.analytics import charts
from counterpoint.analytics.verbs import READER_VERBS
from counterpoint.foundation import actions
from counterpoint.foundation.api import roles, scoped, system_scope
from counterpoint.onsite.actions.hall import device_fault
from counterpoint.onsite.tests.test_endpoints import Machine
from counterpoint.onsite.tests.test_history import bring as history
from counterpoint.onsite.tests.test_history import log
from counterpoint.primitives.metrics import PEOPLE, Answer, alarms, causes, metric_of, periods, telling, watching
from counterpoint.ui.leftovers import english_left

MONDAY = date(2026, 11, 16)
WAIT, MACHINE = "/analytics/kpis/onsite.wait_avg/", "/analytics/kpis/onsite.machine_availability/"


@pytest.fixture
def lived(bank):
    """Tickets of one Monday, all of the hour from nine on, at one or two counters."""
    history(bank, log((MONDAY,), branch="b01"))
    return bank


def the_hours(answer):
    (table,) = [one for one in answer.context["breakdown"] if one.key == "by-hour"]
    return table


def test_an_hour_has_a_page_with_its_course_and_leads_to_its_rows(lived, sign_in):
    sun = sign_in("Sun")
    day = sun.get(f"{WAIT}?grain=day&on={MONDAY}")
    (first, *_more) = the_hours(day).rows
    assert first[0].text == "09:00" and "grain=hour" in first[0].url and "hour=9" in first[0].url
    page = sun.get(first[0].url)
    text = page.content.decode()
    assert "2026-11-16 9 点至 10 点" in text or "9" in page.context["steps"]["text"]
    card = page.context["card"]
    assert (card.value.period.slug, card.value.n) == ("2026-11-16T09", first[2].text)
    assert [v.period.slug for v in card.trend][-1] == "2026-11-16T09" and page.context["grain"] == "hour"
    assert "hour=8" in page.context["steps"]["earlier"] and "hour=10" in page.context["steps"]["later"]
    rows = sun.get(f"{WAIT}rows/?grain=hour&hour=9&on={MONDAY}")
    assert rows.context["found"].total >= 1
    assert sun.get(f"{WAIT}rows/?grain=hour&hour=13&on={MONDAY}").context["found"].total == 0
    saved = sun.get(f"{WAIT}rows/?grain=hour&hour=9&on={MONDAY}&as=excel")
    assert openpyxl.load_workbook(io.BytesIO(saved.content)).active.max_row > 2


def test_midnight_and_nonsense(lived, sign_in, clock):
    sun = sign_in("Sun")
    assert "on=2026-11-15" in sun.get(f"{WAIT}?grain=hour&hour=0&on={MONDAY}").context["steps"]["earlier"]
    assert "on=2026-11-17" in sun.get(f"{WAIT}?grain=hour&hour=23&on={MONDAY}").context["steps"]["later"]
    assert sun.get(f"{WAIT}?grain=hour&hour=24").status_code == 404
    now = sun.get(f"{WAIT}?grain=hour")  # half past ten at the branch
    assert now.context["place"].hour == 10 and now.context["steps"]["later"] == ""
    assert sun.get("/analytics/?grain=hour").status_code == 404  # a board has no hours


def test_a_number_without_hours_has_no_tab_of_them_and_falls_to_days(lived, sign_in):
    page = sign_in("Sun").get("/analytics/kpis/onsite.machine_availability/?grain=hour")
    assert page.context["grain"] == "day" and "hour" not in [tab[0] for tab in page.context["tabs"]]
    assert next(tab[0] for tab in sign_in("Sun").get(WAIT).context["tabs"]) == "hour"


@pytest.fixture
def machines(bank):
    """Two cash machines, one of which has been out of order since the branch opened."""
    root = system_scope(tuple(roles.table()), label="test")
    with scoped(root):
        for code in ("atm1", "atm2"):
            actions.device_create(scope=root, now=bank.now, branch=bank.b01, code=code, name=code, kind="atm")
    device_fault(scope=bank.scope("Sun"), branch=bank.b01, now=bank.now, device="atm1")
    return bank


def test_machines_are_listed_and_one_is_looked_at_alone(machines, sign_in):
    sun = sign_in("Sun")
    day = sun.get(f"{MACHINE}?grain=day")
    (table,) = [one for one in day.context["breakdown"] if one.key == "by-post"]
    values = {row[0].text: row[1].value for row in table.rows}
    assert values["atm2"] == 100 and values["atm1"] < 100 and "posts" in [c.key for c in day.context["margins"]]
    url = next(row[0].url for row in table.rows if row[0].text == "atm1")
    alone = sun.get(url)
    assert alone.context["card"].value.value == values["atm1"] and alone.context["place"].post == "atm1"
    rows = sun.get(f"{MACHINE}rows/?{alone.context['query']}").context["found"]
    assert [row["post"] for row in rows.rows] == ["atm1"]
    assert "post" not in alone.context["whole"]
    for page in (day, alone):
        assert english_left(page.content.decode(), {"Sun", "ATM", "AVL", "mei", "Excel", "atm"}) == []


def test_windows_are_listed_with_their_own_numbers_in_a_branch_and_not_above_it(bank, sign_in):
    """Every branch has a window 3, so that above a branch they would be added up to one that nobody stands at."""
    history(bank, log((MONDAY,), branch="b01").assign(window=["3", "5", None]))
    sun = sign_in("Sun")
    day = sun.get(f"{WAIT}?grain=day&on={MONDAY}")
    (table,) = [one for one in day.context["breakdown"] if one.key == "by-post"]
    assert [(row[0].text, row[2].text) for row in table.rows] == [("3 号窗口", 1), ("5 号窗口", 1)]
    alone = sun.get(table.rows[0][0].url)
    assert alone.context["place"].post == "3" and "3 号窗口" in alone.content.decode()
    (row,) = sun.get(f"{WAIT}rows/?{alone.context['query']}").context["found"].rows
    assert row["post"] == "3"
    busy = sun.get(f"/analytics/kpis/onsite.utilisation/?grain=day&on={MONDAY}")
    assert [row[0].text for one in busy.context["breakdown"] if one.key == "by-post" for row in one.rows] == [
        "3 号窗口", "5 号窗口",
    ]  # fmt: skip
    left = sun.get(f"/analytics/kpis/onsite.abandonment/?grain=day&on={MONDAY}")
    assert "by-post" not in [one.key for one in left.context["breakdown"]]  # who leaves was at no window
    rita = sign_in("Rita")
    above = rita.get(f"{WAIT}?unit=east&grain=day&on={MONDAY}")
    assert "by-post" not in [one.key for one in above.context["breakdown"]]
    for unit, kept in (("b01", "3"), ("b02", ""), ("east", "")):  # the form sends the window along with another unit
        page = rita.get(f"{WAIT}?unit={unit}&of=b01&post=3&grain=day&on={MONDAY}")
        assert page.context["place"].post == kept


def test_windows_come_in_the_order_of_their_numbers_and_none_is_called_best_where_no_side_is(bank, sign_in):
    history(bank, log((MONDAY,), branch="b01").assign(window=["10", "9", None]))
    page = sign_in("Sun").get(f"/analytics/kpis/onsite.utilisation/?grain=day&on={MONDAY}")
    (table,) = [one for one in page.context["breakdown"] if one.key == "by-post"]
    assert [row[0].text for row in table.rows] == ["9 号窗口", "10 号窗口"]
    one = metric_of("onsite.utilisation", MONDAY)
    enough = {key: Answer(value, 20) for key, value in (("9", 87.0), ("10", 61.6))}
    with translation.override("zh-hans"):
        assert charts.posts(one, enough).title == "9 号窗口最高（87.0 %），10 号窗口最低（61.6 %）"


def test_the_cause_of_an_alarm_names_the_machine(machines):
    one = metric_of("onsite.machine_availability", machines.now.date())
    period = periods.of("day", machines.now.date())
    found = causes.cause_of(
        scope=watching.night(machines.b01.path), branch=machines.b01, metric=one, period=period
    ).as_data()  # fmt: skip
    assert found["kind"] == "place" and ("post", "atm1") in [(m["column"], m["key"]) for m in found["movers"]]
    assert any("atm1" in line for line in telling.causes(one, found))


def test_the_page_as_excel_has_course_hours_and_posts(lived, machines, sign_in):
    sun = sign_in("Sun")
    book = openpyxl.load_workbook(io.BytesIO(sun.get(f"{WAIT}?grain=day&on={MONDAY}&as=excel").content))
    assert "09:00" in [row[0].value for row in book.worksheets[1].iter_rows()]
    book = openpyxl.load_workbook(io.BytesIO(sun.get(f"{MACHINE}?grain=day&as=excel").content))
    assert "atm1" in [row[0].value for row in book.worksheets[-1].iter_rows()]


def test_the_machines_interface_takes_a_number_apart(lived, machines, client, bank):
    system = Machine(bank, client, verbs=READER_VERBS)
    hours = system.get(f"/kpis/onsite.wait_avg/by/hour?on={MONDAY}").json()
    assert [(row["of"], row["n"]) for row in hours] == [("9", 2)]
    posts = system.get("/kpis/onsite.machine_availability/by/post?on=2026-11-23").json()
    values = {row["of"]: row["value"] for row in posts}
    assert values["atm2"] == 100 and values["atm1"] < 100
    one = "/kpis/onsite.machine_availability/values?since=2026-11-23&until=2026-11-24&post=atm1"
    assert [row["value"] for row in system.get(one).json()] == [values["atm1"]]
    assert system.get(one + "&grain=hour").status_code == 422
    assert system.get(one + "&person=mei").status_code == 422
    assert system.get("/kpis/onsite.customers/by/street?on=2026-11-16").status_code == 422
    assert system.get(f"/kpis/onsite.advice_true/by/post?on={MONDAY}").status_code == 422


def test_people_only_for_a_system_that_may_see_them(lived, client, bank):
    asked = (f"/kpis/onsite.wait_avg/by/person?on={MONDAY}",
             f"/kpis/onsite.wait_avg/values?since={MONDAY}&until=2026-11-17&person=mei")  # fmt: skip
    plain = Machine(bank, client, verbs=READER_VERBS)
    assert [plain.get(path).status_code for path in asked] == [403, 403]
    trusted = Machine(bank, client, verbs=(*READER_VERBS, PEOPLE))
    assert [trusted.get(path).status_code for path in asked] == [200, 200]


def test_an_alert_about_an_hour_leads_to_that_hour(bank, sign_in):
    alarms.alarm_raise(
        scope=watching.night(bank.b01.path), branch=bank.b01, metric=metric_of("onsite.wait_p90", MONDAY), rule="now",
        period="2026-11-23T09", level="act", now=datetime.fromisoformat("2026-11-23T02:20:00+00:00"),
        found={"value": 40.0, "n": 30, "limit": 30.0, "side": "over"}, cause={},
    )  # fmt: skip
    sun = sign_in("Sun")
    (row,) = sun.get("/analytics/alerts/").context["rows"]
    assert row["kpi"].endswith("grain=hour&on=2026-11-23&hour=9") and row["drill"].endswith("hour=9")
    assert sun.get(row["kpi"]).context["card"].value.period.slug == "2026-11-23T09"
    assert sun.get(row["drill"]).status_code == 200
