"""Swaps need two consents and the supervisor; leave is decided by somebody else; feeds can be revoked."""

from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar

from counterpoint.foundation.api import NotFound, scoped
from counterpoint.foundation.models import JournalEntry, Message
from counterpoint.team import api, feeds

WEEK = date(2026, 11, 30)
TUESDAY = date(2026, 12, 1)


def profile(team, name):
    return api.profile_of(scope=team.scope(name), branch=team.b01, user=team.people[name].pk)


def ask(team, giver, taker, day=WEEK, back=None):
    return api.swap_request(
        scope=team.scope(giver), now=team.now, branch=team.b01, day=day, taker_id=profile(team, taker).pk, back=back
    )


def test_a_swap_is_published_only_after_both_agree_and_the_supervisor_approves(team, out):
    swap = ask(team, "Mei", "Ada")
    assert swap.impact["clean"]
    with pytest.raises(api.NotNow):
        api.swap_decide(scope=team.scope("Sun"), now=team.now, swap_id=swap.pk, approve=True)
    api.swap_consent(scope=team.scope("Ada"), now=team.now, swap_id=swap.pk, agree=True)
    done = api.swap_decide(scope=team.scope("Sun"), now=team.now, swap_id=swap.pk, approve=True)
    assert done.state == "approved" and done.result.version == 2
    names = {s.name for s in api.shifts_on(scope=team.scope("Mei"), branch=team.b01, day=WEEK)}
    assert names == {"Ada", "Omar"}
    with scoped(team.scope("Sun")):
        kinds = list(JournalEntry.objects.filter(kind__startswith="team.swap").values_list("kind", flat=True))
    assert kinds == ["team.swap_asked", "team.swap_consented", "team.swap_decided"]


def test_a_swap_that_empties_a_post_is_refused_with_the_hole_named(team, out):
    api.staff_profile_set(
        scope=team.scope("Ada"), now=team.now, branch=team.b01, user=team.people["Ada"], min_day_minutes=60,
        skills=[api.SkillInput("lobby", 1)],
    )  # fmt: skip
    swap = ask(team, "Mei", "Ada")
    assert not swap.impact["clean"]
    api.swap_consent(scope=team.scope("Ada"), now=team.now, swap_id=swap.pk, agree=True)
    with pytest.raises((api.CoverageLost, api.HardRuleBroken)):
        api.swap_decide(scope=team.scope("Sun"), now=team.now, swap_id=swap.pk, approve=True)
    names = {s.name for s in api.shifts_on(scope=team.scope("Mei"), branch=team.b01, day=WEEK)}
    assert names == {"Mei", "Omar"}


def test_only_the_colleague_consents_and_only_the_giver_withdraws(team, out):
    swap = ask(team, "Mei", "Ada")
    with pytest.raises(NotFound):
        api.swap_consent(scope=team.scope("Omar"), now=team.now, swap_id=swap.pk, agree=True)
    with pytest.raises(NotFound):
        api.swap_withdraw(scope=team.scope("Ada"), now=team.now, swap_id=swap.pk)
    api.swap_withdraw(scope=team.scope("Mei"), now=team.now, swap_id=swap.pk)
    with pytest.raises(api.NotNow):
        api.swap_consent(scope=team.scope("Ada"), now=team.now, swap_id=swap.pk, agree=True)


def test_a_shift_is_offered_to_one_colleague_at_a_time(team, out):
    ask(team, "Mei", "Ada")
    with pytest.raises(api.NotNow):
        ask(team, "Mei", "Sun")


def test_nobody_gives_away_a_shift_they_do_not_have(team, out):
    with pytest.raises(api.NotNow):
        ask(team, "Ada", "Mei")


def test_nobody_decides_their_own_swap(team, out):
    swap = ask(team, "Mei", "Sun")
    api.swap_consent(scope=team.scope("Sun"), now=team.now, swap_id=swap.pk, agree=True)
    with pytest.raises(api.NotNow):
        api.swap_decide(scope=team.scope("Sun"), now=team.now, swap_id=swap.pk, approve=True)
    done = api.swap_decide(scope=team.scope("Ada"), now=team.now, swap_id=swap.pk, approve=True)
    assert done.state == "approved"


def test_leave_is_decided_once_by_somebody_else_and_the_person_is_told(team):
    mei = team.scope("Mei")
    leave = api.leave_request(
        scope=mei, now=team.now, branch=team.b01, kind="sick", since=WEEK, until=TUESDAY, reason="发烧"
    )
    with pytest.raises(api.NotNow):
        api.leave_request(scope=mei, now=team.now, branch=team.b01, kind="annual", since=TUESDAY, until=TUESDAY)
    api.leave_decide(scope=team.scope("Sun"), now=team.now, leave_id=leave.pk, approve=True)
    api.leave_decide(scope=team.scope("Sun"), now=team.now, leave_id=leave.pk, approve=True)
    with pytest.raises(api.NotNow):
        api.leave_decide(scope=team.scope("Sun"), now=team.now, leave_id=leave.pk, approve=False)
    with scoped(team.scope("Sun")):
        entry = JournalEntry.objects.get(kind="team.leave_requested")
        assert "发烧" not in str(entry.data)
        assert Message.objects.filter(recipient=team.people["Mei"], dedupe__startswith="team.leave").count() == 1


def test_own_leave_is_not_decided_by_oneself(team):
    leave = api.leave_request(
        scope=team.scope("Sun"), now=team.now, branch=team.b01, kind="annual", since=WEEK, until=WEEK
    )
    with pytest.raises(api.NotNow):
        api.leave_decide(scope=team.scope("Sun"), now=team.now, leave_id=leave.pk, approve=True)
    with pytest.raises(NotFound):
        api.leave_decide(scope=team.scope("Stranger"), now=team.now, leave_id=leave.pk, approve=True)


def test_the_feed_holds_the_shifts_at_the_right_instants(team, out):
    token = api.feed_issue(scope=team.scope("Mei"), now=team.now, branch=team.b01)
    book = Calendar.from_ical(feeds.feed(token, team.now))
    events = list(book.walk("VEVENT"))
    assert [e["DTSTART"].dt for e in events] == [
        datetime(2026, 11, 30, 1, 0, tzinfo=UTC),
        datetime(2026, 12, 1, 1, 0, tzinfo=UTC),
    ]
    assert all(e["DTEND"].dt - e["DTSTART"].dt == timedelta(hours=3) for e in events)


def test_a_feed_stops_when_it_is_renewed_or_revoked(team, out, client):
    mei = team.scope("Mei")
    first = api.feed_issue(scope=mei, now=team.now, branch=team.b01)
    second = api.feed_issue(scope=mei, now=team.now, branch=team.b01)
    assert feeds.feed(first, team.now) is None
    assert client.get(f"/team/feed/{second}.ics")["Content-Type"].startswith("text/calendar")
    api.feed_issue(scope=mei, now=team.now, branch=team.b01, revoke_only=True)
    assert client.get(f"/team/feed/{second}.ics").status_code == 404
    assert client.get("/team/feed/x.ics").status_code == 404 and feeds.feed("", team.now) is None


def test_on_the_day_the_clocks_change_a_shift_keeps_its_local_hours(team, out):
    from zoneinfo import ZoneInfo

    from counterpoint.foundation.api import calendar

    zone = ZoneInfo("Europe/Berlin")
    start, end = (calendar.local(date(2027, 3, 28), minute, zone) for minute in (60, 600))
    assert end - start == timedelta(hours=8) and end.astimezone(zone).hour == 10
