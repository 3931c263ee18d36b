"""What people find on the desk and its sheets in every state: rights, hours, greetings, posts that begin today."""

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

from counterpoint.foundation.api import (
    OrgUnit,
    hours_set,
    person_add,
    post_grant,
    scoped,
    special_day_set,
    unscoped,
)
from counterpoint.foundation.models import Post
from counterpoint.role import desk
from counterpoint.role.api import day_at
from counterpoint.role.tests.conftest import COLUMNS, frame, ticket
from counterpoint.ui.leftovers import english_left

CAST = ["Mei", "Omar", "Sun", "Ada", "Rita", "Hana", "Otto", "Sysadmin", "Bo", "Stranger"]
MIDNIGHT = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)  # 00:00 of Monday in Shanghai
SHEETS = ("/sheets/morning", "/sheets/evening")
pytestmark = pytest.mark.usefixtures("no_foreign_panels")


@pytest.fixture
def newcomer(bank, client):
    """`newcomer(role, unit, since)` signs somebody in whose only post begins on that day."""

    def enter(role, unit, since):
        scope = bank.scope("Sysadmin")
        with scoped(scope):
            user = person_add(
                scope=scope, now=bank.now, org_unit=bank.units[unit], staff_no="nia", name="Nia", password="x" * 20
            )
            post_grant(scope=scope, now=bank.now, org_unit=bank.units[unit], user=user, role=role, since=since)
        client.force_login(user)
        return client

    return enter


# --- whose desk -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("minutes", [0, 1, 7 * 60 + 59, 8 * 60])
def test_who_starts_above_the_branch_today_sees_the_branches_from_the_first_minute(newcomer, clock, minutes):
    clock.at = MIDNIGHT + timedelta(minutes=minutes)
    text = newcomer("regional_manager", "east", date(2026, 11, 23)).get("/").content.decode()
    assert "人民路支行" in text and "解放路支行" in text and "西湖支行" not in text
    assert 'id="branches"' in text


@pytest.mark.parametrize(
    ("hour", "greeting"), [(8, "上午好"), (10, "上午好"), (11, "中午好"), (13, "下午好"), (18, "晚上好")]
)
def test_the_desk_greets_by_the_branchs_clock(sign_in, clock, hour, greeting):
    clock.at = datetime(2026, 11, 23, hour, 59, tzinfo=UTC) - timedelta(hours=8)
    assert f"{greeting}，Sun" in sign_in("Sun").get("/").content.decode()


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (datetime(2026, 11, 25, 2, 30, tzinfo=UTC), ("工作日", "发薪日")),
        (datetime(2026, 11, 22, 2, 30, tzinfo=UTC), ("周末", "今天不营业")),
        (datetime(2026, 10, 1, 2, 30, tzinfo=UTC), ("法定节假日", "今天不营业")),
        (datetime(2026, 10, 10, 2, 30, tzinfo=UTC), ("调休上班", "9:00–17:00")),
        (datetime(2031, 6, 2, 2, 30, tzinfo=UTC), ("工作日", "尚未公布")),
    ],
    ids=["payday", "sunday", "national day", "make-up day", "a year not announced"],
)
def test_the_desk_says_what_kind_of_day_it_is(sign_in, clock, day, words):
    clock.at = day
    text = sign_in("Sun").get("/").content.decode()
    assert [word for word in words if word not in text] == []


def test_two_opening_times_of_a_day_are_both_said(sign_in, bank):
    scope = bank.scope("Sysadmin")
    with scoped(scope):
        hours_set(scope=scope, now=bank.now, branch=bank.b01, weekly={0: [(540, 690), (780, 1020)]})
    text = sign_in("Sun").get("/").content.decode()
    assert "09:00–11:30" in text and "13:00–17:00" in text


@pytest.mark.parametrize(
    ("hour", "sheet"), [(8, "morning"), (12, "morning"), (16, "morning"), (17, "evening"), (20, "evening")]
)
def test_the_desk_offers_the_sheet_of_the_hour(sign_in, clock, hour, sheet):
    clock.at = datetime(2026, 11, 23, hour, 0, tzinfo=UTC) - timedelta(hours=8)
    actions = sign_in("Sun").get("/").content.decode().split('class="actions"')[1].split("</div>")[0]
    assert f'href="/sheets/{sheet}"' in actions


# --- panels ---------------------------------------------------------------------------------------------------------
def test_asked_again_afresh_the_panels_come_though_the_hour_is_the_same(sign_in):
    client = sign_in("Sun")
    assert client.get("/desk/panels?phase=open").status_code == 204
    assert client.get("/desk/panels?phase=open&afresh=1").status_code == 200
    assert client.get("/desk/panels").status_code == 200


def test_a_panel_that_has_nothing_to_say_vanishes_in_place_and_does_not_open(sign_in, only_these_sources):
    client = sign_in("Sun")
    assert client.get("/desk/panels/role.promise").content == b""
    assert client.get("/desk/panels/role.promise/open").status_code == 404


def test_a_panel_is_refreshed_by_its_facts_at_most_every_three_seconds_and_by_time(sign_in, a_busy_day):
    text = sign_in("Sun").get("/desk/panels/role.promise").content.decode()
    assert "live:onsite.ticket_called from:body throttle:3s" in text
    assert "live:resync from:body" in text and "every 30s" in text


def test_the_promise_before_the_first_call_is_calm_and_says_what_will_stand_here(sign_in, only_these_sources):
    rows = [ticket("A1", datetime(2026, 11, 23, 9, 0), None, outcome="waiting")]
    only_these_sources("onsite.tickets", COLUMNS, lambda branch, day: frame(rows))
    text = sign_in("Sun").get("/desk/panels/role.promise").content.decode()
    assert 'data-level="calm"' in text and "还没有叫号" in text


@pytest.mark.parametrize("path", ["/", "/desk", "/desk/panels", "/desk/panels/role.flow", *SHEETS])
def test_a_signed_out_person_sees_none_of_it(client, bank, path):
    assert client.get(path).headers["Location"].startswith("/sign-in")


# --- sheets ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", CAST)
@pytest.mark.parametrize("sheet", SHEETS)
def test_a_sheet_is_read_by_whom_the_role_lets_and_never_of_another_branch(sign_in, who, sheet):
    page = sign_in(who).get(sheet)
    assert page.status_code == (404 if who == "Sysadmin" else 200)
    if who in {"Bo", "Stranger"}:
        assert "人民路支行" not in page.content.decode()


@pytest.mark.parametrize("sheet", SHEETS)
@pytest.mark.parametrize("wish", ["soon", "2026-02-30", "20261123x", "二〇二六", "2026-11-23T10:00", "-1"])
def test_a_date_that_is_none_does_not_exist(sign_in, sheet, wish):
    assert sign_in("Sun").get(f"{sheet}?date={wish}").status_code == 404


@pytest.mark.parametrize("wish", ["2019-01-01", "2030-06-03", "2026-11-22"])
@pytest.mark.parametrize("sheet", SHEETS)
def test_any_real_date_has_its_sheet(sign_in, a_busy_day, sheet, wish):
    text = sign_in("Sun").get(f"{sheet}?date={wish}").content.decode()
    on = date.fromisoformat(wish)
    assert f"{on.year}年{on.month}月{on.day}日" in text


@pytest.mark.parametrize("wish", ["0001-01-01", "2015-12-31", "2037-01-01", "9999-12-31"])
@pytest.mark.parametrize("sheet", SHEETS)
def test_a_date_more_than_ten_years_away_does_not_exist(sign_in, only_these_sources, sheet, wish):
    assert sign_in("Sun").get(f"{sheet}?date={wish}").status_code == 404


@pytest.mark.parametrize("sheet", SHEETS)
def test_no_english_is_left_on_a_full_sheet(sign_in, a_busy_day, sheet):
    names = ["Mei", "Omar", "Sun"]
    assert english_left(sign_in("Sun").get(sheet).content.decode(), allow=names) == []


def test_a_branch_closed_for_a_month_still_writes_its_sheets(sign_in, bank, only_these_sources):
    scope = bank.scope("Sysadmin")
    with scoped(scope):
        for step in range(-31, 32):
            on = bank.now.date() + timedelta(days=step)
            special_day_set(scope=scope, now=bank.now, branch=bank.b01, on=on, opens=None, closes=None, reason="装修")
    for sheet in SHEETS:
        page = sign_in("Sun").get(sheet)
        assert page.status_code == 200 and "今天不营业" in page.content.decode()
        assert sign_in("Sun").get(f"{sheet}.pdf").content.startswith(b"%PDF")


# --- the choice of floor staff --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("also", "own"),
    [((), True), (("lobby_manager",), True), (("supervisor",), False), (("branch_head",), False)],
    ids=["a teller", "teller and lobby manager", "teller and supervisor", "teller and head"],
)
def test_only_who_holds_nothing_but_floor_roles_is_sent_to_the_floor(bank, also, own):
    scope = bank.scope("Sysadmin")
    with scoped(scope):
        for role in also:
            post_grant(
                scope=scope, now=bank.now, org_unit=bank.b01, user=bank.people["Mei"], role=role, since=date(2026, 1, 1)
            )
        today = day_at(bank.b01, bank.now)
    assert bool(desk.own_page(bank.people["Mei"], today)) is own


def test_somebody_without_a_post_has_no_floor(bank):
    with scoped(bank.scope("Sun")):
        today = day_at(bank.b01, bank.now)
    with unscoped("the test ends a post"):
        Post.objects.filter(user=bank.people["Mei"]).update(until=date(2026, 11, 23))
    assert desk.own_page(bank.people["Mei"], today) == ""


# --- branches of a region -------------------------------------------------------------------------------------------
def rows(client):
    body = client.get("/").content.decode().split("<tbody>")[1].split("</tbody>")[0]
    return [row for row in body.split("<tr>") if "</td>" in row]


@pytest.mark.parametrize(
    ("utc", "state"),
    [((0, 30), "未开门"), ((2, 30), "营业中"), ((9, 0), "已打烊")],
    ids=["before nine", "during the day", "at five"],
)
def test_a_region_sees_whether_its_branches_are_open(sign_in, clock, only_these_sources, utc, state):
    clock.at = datetime(2026, 11, 23, *utc, tzinfo=UTC)
    found = rows(sign_in("Rita"))
    assert len(found) == 2 and all(state in row for row in found)


def test_numbers_that_no_room_knows_are_dashes(sign_in, only_these_sources):
    assert all(row.count("–") >= 5 for row in rows(sign_in("Rita")))


def test_a_region_opens_the_desk_of_a_branch_from_its_line(sign_in, only_these_sources):
    for row in rows(sign_in("Rita")):
        assert 'name="next" value="/desk"' in row and 'name="branch"' in row


def test_branches_of_one_loudness_keep_the_order_of_the_tree(sign_in, only_these_sources):
    only_these_sources("team.shifts", ("user",), lambda branch, day: pd.DataFrame({"user": []}))
    found = rows(sign_in("Hana"))
    with unscoped("the test reads the tree"):
        names = list(OrgUnit.objects.filter(kind="branch").order_by("path").values_list("name", flat=True))
    assert [next(name for name in names if name in row) for row in found] == names
