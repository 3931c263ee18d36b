"""The calendar on the phone: the right instants, fourteen days back to sixty ahead, and only for the token's holder."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from counterpoint.foundation import access, actions, roles
from counterpoint.foundation.api import Forbidden, OrgUnit, User, scoped, system_scope, unscoped
from counterpoint.team import api, feeds
from counterpoint.team.tests.stories import (
    TUESDAY,
    WEEK,
    answer_swap,
    ask_swap,
    by,
    decide_swap,
    edit,
    in_days,
    journal,
    key,
    publish,
    revise,
)


def token_of(team, name="Mei"):
    return api.feed_issue(**by(team, name), branch=team.b01)


def events(token, now):
    """The feed, read as a phone reads it, oldest first."""
    book = Calendar.from_ical(feeds.feed(token, now))
    return sorted(book.walk("VEVENT"), key=lambda e: e["DTSTART"].dt)


def days_of(token, now):
    return [e["DTSTART"].dt.astimezone(UTC).date() for e in events(token, now)]


def test_an_event_says_where_when_and_on_which_posts(team, draft):
    with unscoped("the test gives the branch an address"):
        OrgUnit.objects.filter(pk=team.b01.pk).update(address="人民路 1 号")
    tasks = ((540, 630, "cash"), (630, 720, "lobby"))
    row = edit(team, draft, api.Cell(key(team, "Sun"), 0, start=540, end=720, tasks=tasks)).roster
    publish(team, row)
    (event,) = events(token_of(team, "Sun"), team.now)
    assert event["DTSTART"].dt == datetime(2026, 11, 30, 1, 0, tzinfo=UTC)
    assert event["DTEND"].dt == datetime(2026, 11, 30, 4, 0, tzinfo=UTC)
    assert str(event["SUMMARY"]) == "人民路支行 上班" and str(event["LOCATION"]) == "人民路 1 号"
    assert str(event["DESCRIPTION"]) == "09:00–10:30 现金、10:30–12:00 大堂"
    assert event["SEQUENCE"] == 1 and event["LAST-MODIFIED"].dt == team.now and event["DTSTAMP"].dt == team.now


def test_without_an_address_the_branchs_name_is_the_place(team, out):
    assert [str(e["LOCATION"]) for e in events(token_of(team), team.now)] == ["人民路支行"] * 2


@pytest.mark.parametrize(
    ("now", "seen"),
    [
        (datetime(2026, 9, 30, tzinfo=UTC), []),
        (datetime(2026, 10, 1, tzinfo=UTC), [WEEK]),  # sixty days ahead
        (datetime(2026, 10, 2, tzinfo=UTC), [WEEK, TUESDAY]),
        (datetime(2026, 12, 14, 23, 59, tzinfo=UTC), [WEEK, TUESDAY]),  # fourteen days back
        (datetime(2026, 12, 15, tzinfo=UTC), [TUESDAY]),
        (datetime(2026, 12, 16, tzinfo=UTC), []),
    ],
)
def test_the_feed_reaches_fourteen_days_back_and_sixty_ahead(team, out, now, seen):
    assert days_of(token_of(team), now) == seen


@pytest.mark.parametrize("name", ["Ada", "Sun"])
def test_somebody_without_a_shift_has_an_empty_calendar_not_an_error(team, out, name):
    assert events(token_of(team, name), team.now) == []


def test_a_draft_is_in_nobodys_calendar(team, draft):
    assert events(token_of(team), team.now) == []


def test_a_new_version_replaces_the_event_under_the_same_name_with_a_higher_number(team, out):
    token = token_of(team)
    old = {e["DTSTART"].dt.date(): e for e in events(token, team.now)}
    publish(team, edit(team, revise(team, out), api.Cell(key(team, "Mei"), 1, start=570, end=720)).roster)
    new = {e["DTSTART"].dt.date(): e for e in events(token, team.now)}
    assert {d: str(e["UID"]) for d, e in new.items()} == {d: str(e["UID"]) for d, e in old.items()}
    assert [e["SEQUENCE"] for e in new.values()] == [2, 2]
    assert new[TUESDAY]["DTSTART"].dt - old[TUESDAY]["DTSTART"].dt == timedelta(minutes=30)


def test_a_swapped_shift_moves_from_one_calendar_to_the_other(team, out):
    mei, ada = token_of(team, "Mei"), token_of(team, "Ada")
    swap = ask_swap(team)
    answer_swap(team, swap)
    decide_swap(team, swap)
    assert (days_of(mei, team.now), days_of(ada, team.now)) == ([TUESDAY], [WEEK])


def test_two_shifts_of_a_day_at_two_branches_are_two_events(team, out):
    root = system_scope(tuple(roles.table()))
    mei = team.people["Mei"]
    with scoped(root):
        actions.post_grant(scope=root, now=team.now, org_unit=team.b02, user=mei, role="teller", since=date(2026, 1, 1))
        shift = {"person": str(mei.pk), "day": 0, "start": 780, "end": 900, "lunch": None, "tasks": []}
        hours = {"earliest": 780, "latest": 780, "shortest": 120, "longest": 120, "step": 30}
        shifts = {"lead": 0, "tail": 0, "templates": [], "flexible": [hours]}
        problem = out.problem | {"end": 900, "demand": {}, "shifts": shifts}
        problem["days"] = [day | {"close": 900} for day in problem["days"]]
        row = api.roster_store(
            scope=root, now=team.now, branch=team.b02, week=WEEK, problem=problem,
            solution={"status": "optimal", "roster": {"shifts": [shift]}},
        )  # fmt: skip
        api.roster_publish(scope=root, now=team.now, roster_id=row.pk, revision=1)
    monday = [e for e in events(token_of(team), team.now) if e["DTSTART"].dt.date() == WEEK]
    assert [str(e["SUMMARY"]) for e in monday] == ["人民路支行 上班", "解放路支行 上班"]
    assert len({str(e["UID"]) for e in monday}) == 2  # a phone shows events of one name once


@pytest.mark.parametrize("token", ["", "x", "x" * 31, "x" * 32, "x" * 5000, "%00", "中" * 32])
def test_a_guessed_address_is_not_found(team, out, client, token):
    token_of(team)
    assert feeds.feed(token, team.now) is None
    assert client.get(reverse("team:feed", args=[token or "-"])).status_code == 404


def test_people_without_a_token_are_not_found_by_an_empty_one(team, out):
    assert User.objects.filter(feed_token="").exists() and feeds.feed("", team.now) is None


def test_whoever_has_left_has_no_calendar_any_more(team, out):
    token = token_of(team)
    User.objects.filter(pk=team.people["Mei"].pk).update(is_active=False)
    assert feeds.feed(token, team.now) is None


def test_the_address_needs_no_session_and_is_kept_by_no_shared_cache(team, out, client):
    answer = client.get(reverse("team:feed", args=[token_of(team)]))
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, max-age=900"
    assert "Set-Cookie" not in answer.headers and answer.content.startswith(b"BEGIN:VCALENDAR")


def test_tokens_are_long_never_repeated_and_never_in_the_journal(team):
    tokens = [token_of(team) for _n in range(20)]
    assert len(set(tokens)) == 20 and min(map(len, tokens)) >= feeds.SHORTEST_TOKEN
    assert journal(team, "team.feed_issued") == [("team.feed_issued", {"user": key(team, "Mei")})] * 20
    assert [feeds.feed(token, team.now) is not None for token in tokens] == [False] * 19 + [True]


def test_a_revoked_calendar_stays_gone_when_revoked_twice(team, out):
    token = token_of(team)
    for _again in range(2):
        assert api.feed_issue(**by(team, "Mei"), branch=team.b01, revoke_only=True) == ""
        assert feeds.feed(token, team.now) is None


@pytest.mark.parametrize("name", ["Rita", "Hana", "Otto", "Sysadmin", "Bo", "Stranger"])
def test_only_people_of_the_branch_have_a_shift_calendar_there(team, name):
    with pytest.raises(Forbidden):
        token_of(team, name)


def test_the_system_itself_has_no_shift_calendar(team):
    root = access.system_scope(tuple(roles.table()))
    for scope in (root, replace(root, actor=team.b01.pk)):  # neither nobody nor a machine is a person
        with pytest.raises(Forbidden, match="只有员工本人有班次日历"):
            api.feed_issue(scope=scope, now=team.now, branch=team.b01)


ZONES = st.sampled_from(["Asia/Shanghai", "Asia/Tokyo", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])


def test_in_any_zone_an_event_stands_at_the_shifts_wall_clock(team, draft):
    publish(team, draft)
    token = token_of(team)

    @settings(max_examples=10)
    @given(ZONES)
    def check(name):
        from zoneinfo import ZoneInfo

        with unscoped("the test moves the branch"):
            OrgUnit.objects.filter(pk=team.b01.pk).update(time_zone=name)
        local = [
            (e["DTSTART"].dt.astimezone(ZoneInfo(name)), e["DTEND"].dt.astimezone(ZoneInfo(name)))
            for e in events(token, team.now)
        ]
        assert [(a.date(), a.hour, a.minute, b.hour, b.minute) for a, b in local] == [
            (WEEK, 9, 0, 12, 0), (in_days(1), 9, 0, 12, 0),
        ]  # fmt: skip

    check()
