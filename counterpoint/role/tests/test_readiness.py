"""Before the doors open, and after they close: every check in every state, with what to do about it."""

from datetime import UTC, date, datetime

import pandas as pd
import pytest
from django.utils import translation

from counterpoint.foundation.api import Device, device_create, scoped, special_day_set
from counterpoint.role.api import day_at, day_of, next_open_day
from counterpoint.role.desk import ticket_day
from counterpoint.role.readiness import checks, left_open
from counterpoint.role.tests.conftest import COLUMNS, frame, ticket

EARLY = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
NINE = datetime(2026, 11, 23, 9, 0)


@pytest.fixture
def b01(bank, only_these_sources):
    """The branch before opening, in the supervisor's scope, with no room that offers anything."""
    with translation.override("en"), scoped(bank.scope("Sun")):
        yield bank.b01


@pytest.fixture
def morning(b01, bank):
    """The checks of the morning, by key."""
    return lambda now=EARLY: {c.key: c for c in checks(scope=bank.scope("Sun"), branch=b01, today=day_at(b01, now))}


def offered(offer, key, rows):
    """One room offers these rows on every date."""
    offer(key, tuple(rows), lambda branch, day: pd.DataFrame(rows))


def machines(bank, *states):
    scope = bank.scope("Sysadmin")
    with scoped(scope):
        for number, works in enumerate(states, 1):
            made = device_create(
                scope=scope, now=bank.now, branch=bank.b01, code=f"crs{number}", name=f"{number} 号机", kind="crs"
            )
            Device.objects.filter(pk=made.pk).update(in_service=works)


# --- hours ----------------------------------------------------------------------------------------------------------
def test_a_plain_day_says_its_hours(morning):
    assert (morning()["hours"].level, morning()["hours"].found) == ("fine", "09:00–17:00")


def test_a_closed_day_is_calm(morning):
    sunday = morning(datetime(2026, 11, 22, 0, 30, tzinfo=UTC))["hours"]
    assert (sunday.level, sunday.found, sunday.todo) == ("calm", "Closed today.", "")


def test_a_year_whose_holidays_are_not_announced_is_to_be_watched(morning):
    found = morning(datetime(2031, 6, 2, 0, 30, tzinfo=UTC))["hours"]
    assert found.level == "watch" and "not announced" in found.todo


# --- people and forecast --------------------------------------------------------------------------------------------
def test_what_no_room_knows_is_left_out_instead_of_blamed(morning):
    assert set(morning()) == {"hours", "devices"}


@pytest.mark.parametrize(
    ("users", "level", "found"),
    [
        ([], "act", "No published roster for today."),
        (["a"], "fine", "1 person on the roster"),
        (["a", "b", "b"], "fine", "2 people on the roster"),
    ],
    ids=["nobody", "one", "one with two shifts counts once"],
)
def test_people_are_counted_once_and_nobody_is_loud(morning, only_these_sources, users, level, found):
    offered(only_these_sources, "team.shifts", {"user": users})
    check = morning()["people"]
    assert (check.level, check.found) == (level, found)
    assert check.url == "/team/roster" and bool(check.todo) is (level == "act")


@pytest.mark.parametrize(
    ("mean", "level", "found"),
    [
        ([], "watch", "None for today."),
        ([10.4, 20.3], "fine", "31 customers expected"),
        ([0.0], "fine", "0 customers expected"),
    ],
)
def test_the_forecast_is_added_up_and_a_missing_one_is_asked_for(morning, only_these_sources, mean, level, found):
    offered(only_these_sources, "team.forecast", {"minute": [540] * len(mean), "mean": mean})
    check = morning()["forecast"]
    assert (check.level, check.found) == (level, found)
    assert check.url == "/team/forecast" and bool(check.todo) is (level == "watch")


# --- machines -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("states", "level", "found"),
    [
        ((), "calm", "No machine is set up."),
        ((True,), "fine", "1 machine in service"),
        ((True, True), "fine", "All 2 machines in service"),
        ((True, False, False), "watch", "Out of order: 2 号机、3 号机"),
    ],
    ids=["none", "one", "all", "two are down"],
)
def test_machines_are_told_by_name_when_they_are_down(morning, bank, states, level, found):
    machines(bank, *states)
    check = morning()["devices"]
    assert (check.level, check.found.replace(", ", "、")) == (level, found)
    assert bool(check.todo) is (level in {"calm", "watch"})


# --- the last business day ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("closed", "level", "found", "url"),
    [
        ([], "calm", "No tickets on 11-21.", ""),
        ([True], "fine", "11-21 is closed.", ""),
        ([False], "act", "11-21 is still open.", "/onsite/hall"),
        ([False, True], "fine", "11-21 is closed.", ""),
    ],
    ids=["unknown", "closed", "open", "closed in the end"],
)
def test_a_day_never_closed_is_loud_on_the_next_morning(morning, only_these_sources, closed, level, found, url):
    offered(only_these_sources, "onsite.days", {"closed": closed})
    check = morning()["yesterday"]
    assert (check.level, check.found, check.url) == (level, found, url)


def test_the_last_business_day_skips_a_day_that_was_closed_for_a_reason(morning, bank, only_these_sources):
    scope = bank.scope("Sysadmin")
    with scoped(scope):
        special_day_set(
            scope=scope, now=bank.now, branch=bank.b01, on=date(2026, 11, 21), opens=None, closes=None, reason="盘点"
        )
    offered(only_these_sources, "onsite.days", {"closed": [True]})
    assert morning()["yesterday"].found == "11-20 is closed."


# --- together -------------------------------------------------------------------------------------------------------
def test_the_worst_comes_first(b01, bank, only_these_sources):
    machines(bank, False)
    offered(only_these_sources, "team.shifts", {"user": []})
    offered(only_these_sources, "onsite.days", {"closed": [True]})
    found = checks(scope=bank.scope("Sun"), branch=b01, today=day_at(b01, EARLY))
    assert [check.key for check in found] == ["people", "devices", "hours", "yesterday"]


@pytest.mark.parametrize(
    ("language", "words"), [("zh-hans", "尚未就绪：人员、设备"), ("zh-hant", "尚未就緒：人員、裝置")]
)
def test_the_panel_names_what_is_not_ready(sign_in, clock, bank, only_these_sources, language, words):
    clock.at = EARLY
    machines(bank, False)
    offered(only_these_sources, "team.shifts", {"user": []})
    client = sign_in("Sun")
    client.cookies["counterpoint-language"] = language
    assert words in client.get("/desk/panels/role.readiness").content.decode()


# --- what is left open in the evening -------------------------------------------------------------------------------
@pytest.fixture
def evening(b01, bank, only_these_sources):
    """What is left open on Monday evening, by key."""

    def ask(rows=(), following=True):
        only_these_sources("onsite.tickets", COLUMNS, lambda branch, day: frame(list(rows)))
        scope = bank.scope("Sun")
        today = day_of(b01, date(2026, 11, 23), bank.now)
        after = next_open_day(b01, today.date, bank.now) if following else None
        day = ticket_day(scope=scope, branch=b01, today=today)
        return {c.key: c for c in left_open(scope=scope, branch=b01, day=day, following=after)}

    return ask


def test_a_finished_day_leaves_nothing_open(evening):
    assert evening([ticket("A1", NINE, 3)]) == {}


@pytest.mark.parametrize(("count", "found"), [(1, "1 customer still waits"), (3, "3 customers still wait")])
def test_people_who_still_wait_are_counted(evening, count, found):
    rows = [ticket(f"A{n}", NINE, None, outcome="waiting") for n in range(count)]
    check = evening(rows)["waiting"]
    assert (check.level, check.found, check.url) == ("act", found, "/onsite/hall")


def test_tomorrow_without_a_roster_is_left_open_only_where_a_room_knows_rosters(evening, only_these_sources):
    assert "roster" not in evening()
    offered(only_these_sources, "team.shifts", {"user": []})
    check = evening()["roster"]
    assert (check.level, check.found) == ("act", "No published roster for 11-24.")
    assert "roster" not in evening(following=False)
    offered(only_these_sources, "team.shifts", {"user": ["a"]})
    assert "roster" not in evening()


def test_a_broken_machine_is_left_open_and_a_missing_set_up_is_not(evening, bank):
    assert "devices" not in evening()
    machines(bank, True, False)
    assert evening()["devices"].level == "watch"
