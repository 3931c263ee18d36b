"""The sheets write themselves: useful with nothing known, complete with everything known, printable either way."""

from datetime import UTC, datetime

import pytest

from counterpoint.foundation.api import scoped
from counterpoint.role.api import day_at
from counterpoint.role.sheets import evening_sheet, half_hours, morning_sheet


@pytest.fixture
def asked(bank):
    scope = bank.scope("Sun")
    with scoped(scope):
        yield {"scope": scope, "branch": bank.b01, "today": day_at(bank.b01, bank.now)}


def test_a_branch_that_knows_nothing_still_gets_a_usable_morning_sheet(sign_in, only_these_sources):
    page = sign_in("Sun").get("/sheets/morning")
    text = page.content.decode()
    assert page.status_code == 200
    assert "这一天没有客流预测" in text and "11月23日" in text


def test_the_morning_sheet_tells_yesterday_today_and_the_peak(sign_in, a_busy_day):
    text = sign_in("Sun").get("/sheets/morning").content.decode()
    assert "预计 98 位客户，10:00 最多" in text
    assert "Omar" in text and "11:30–12:00" in text


def test_the_morning_sheet_looks_back_to_the_last_open_day(asked, a_busy_day):
    sheet = morning_sheet(**asked)
    assert sheet.before.date.isoformat() == "2026-11-21"
    assert sheet.yesterday.arrivals == 0


def test_the_evening_sheet_sets_the_day_against_its_forecast(asked, a_busy_day):
    sheet = evening_sheet(**asked)
    assert sheet.numbers.arrivals == 43
    assert sheet.plan.expected == 98
    assert sum(hour.came or 0 for hour in sheet.plan.hours) == 43
    assert sheet.tomorrow.today.date.isoformat() == "2026-11-24"


def test_what_is_left_open_is_named_with_what_to_do(asked, a_busy_day):
    found = evening_sheet(**asked).open_items
    assert {item.key for item in found} == {"waiting", "roster", "self_checks"}
    assert all(item.todo for item in found)


def test_hours_that_have_not_come_yet_are_unknown_and_not_zero(asked):
    import pandas as pd

    from counterpoint.role.tests.conftest import frame

    hours = half_hours(asked["today"], pd.DataFrame(), frame([]))
    assert {hour.came for hour in hours if hour.minute <= 630} == {0}
    assert {hour.came for hour in hours if hour.minute > 630} == {None}


@pytest.mark.parametrize("sheet", ["morning", "evening"])
def test_a_sheet_prints_as_a_pdf_with_its_name_and_date(sign_in, a_busy_day, sheet):
    answer = sign_in("Sun").get(f"/sheets/{sheet}.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert f"{sheet}-2026-11-23.pdf" in answer.headers["Content-Disposition"]
    assert answer.content.startswith(b"%PDF")


def test_an_empty_sheet_prints_too(sign_in, only_these_sources):
    assert sign_in("Sun").get("/sheets/evening.pdf").content.startswith(b"%PDF")


def test_a_sheet_of_another_day_is_asked_for_by_its_date(sign_in, a_busy_day):
    client = sign_in("Sun")
    assert "11月20日" in client.get("/sheets/evening?date=2026-11-20").content.decode()
    assert client.get("/sheets/evening?date=soon").status_code == 404


def test_a_stranger_gets_the_sheet_of_the_own_branch_only(sign_in, a_busy_day):
    text = sign_in("Stranger").get("/sheets/evening").content.decode()
    assert "西湖支行" in text and "人民路支行" not in text


def test_a_holiday_has_a_sheet_that_says_closed(sign_in, clock, only_these_sources):
    clock.at = datetime(2026, 10, 1, 2, 0, tzinfo=UTC)
    assert "今天不营业" in sign_in("Sun").get("/sheets/morning").content.decode()
