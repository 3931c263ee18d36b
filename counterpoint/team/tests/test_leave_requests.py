"""Leave: who may ask for which days, what each state allows, and what is written down and told."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.foundation.api import Forbidden, Invalid, NotFound, scoped
from counterpoint.foundation.models import JournalText
from counterpoint.team import api
from counterpoint.team.models import LeaveRequest
from counterpoint.team.tests.stories import TUESDAY, WEEK, ask_leave, by, decide_leave, in_days, journal, told

SUNDAY = WEEK - timedelta(days=1)


@pytest.mark.parametrize("kind", LeaveRequest.KINDS)
def test_every_kind_of_leave_can_be_asked_for(team, kind):
    leave = ask_leave(team, kind=kind)
    assert (leave.kind, leave.state, leave.since, leave.until) == (kind, "requested", WEEK, WEEK)
    assert leave.requested_at == team.now and leave.decided_at is None


@pytest.mark.parametrize("kind", ["", "Annual", "holiday", "年假", "annual\u200b"])
def test_a_kind_that_is_not_on_the_list_is_refused_in_the_persons_language(team, kind):
    with pytest.raises(Invalid) as told_in_chinese:
        ask_leave(team, kind=kind)
    with translation.override("en"), pytest.raises(Invalid) as told_in_english:
        ask_leave(team, kind=kind)
    assert told_in_chinese.value.message == "没有这种假别。"
    assert told_in_english.value.message == "This kind of leave is not known."
    assert told_in_english.value.details == {"field": "kind"} and journal(team, "team.leave") == []


@pytest.mark.parametrize(
    ("since", "until", "start", "end", "why"),
    [
        (WEEK, SUNDAY, 0, 1440, "the last day lies before the first"),
        (WEEK, WEEK, 540, 540, "no minute is asked for"),
        (WEEK, WEEK, 600, 540, "the end lies before the start"),
        (WEEK, WEEK, -1, 600, "before midnight"),
        (WEEK, WEEK, 600, 1441, "after midnight"),
    ],
)
def test_leave_that_runs_backwards_or_beyond_the_day_is_refused(team, since, until, start, end, why):
    with pytest.raises(Invalid) as refused:
        ask_leave(team, since=since, until=until, start=start, end=end)
    assert refused.value.details == {"field": "until"}, why
    with translation.override("en"), pytest.raises(Invalid, match="ends before it begins"):
        ask_leave(team, since=since, until=until, start=start, end=end)


@pytest.mark.parametrize(("start", "end"), [(0, 1), (1439, 1440), (0, 1440), (540, 541)])
def test_the_shortest_and_the_longest_span_of_a_day_are_taken(team, start, end):
    leave = ask_leave(team, start=start, end=end)
    assert (leave.start, leave.end) == (start, end)


@pytest.mark.parametrize(
    ("since", "until", "free"),
    [
        (in_days(0), in_days(0), True),
        (in_days(0), in_days(1), False),
        (in_days(1), in_days(1), False),
        (in_days(2), in_days(2), False),
        (in_days(3), in_days(3), False),
        (in_days(3), in_days(9), False),
        (in_days(0), in_days(9), False),
        (in_days(4), in_days(9), True),
    ],
)
def test_days_already_asked_for_are_not_asked_for_twice(team, since, until, free):
    ask_leave(team, since=in_days(1), until=in_days(3))
    if free:
        assert ask_leave(team, since=since, until=until).state == "requested"
        return
    with pytest.raises(api.NotNow) as refused:
        ask_leave(team, since=since, until=until)
    assert refused.value.status == 409 and refused.value.message == "其中有日期已申请请假，请先撤回。"


@pytest.mark.parametrize(
    ("ending", "free"), [("approved", False), ("refused", True), ("withdrawn", True), ("requested", False)]
)
def test_only_open_and_approved_leave_stands_in_the_way_of_new_leave(team, ending, free):
    leave = ask_leave(team)
    if ending == "withdrawn":
        api.leave_withdraw(**by(team, "Mei"), leave_id=leave.pk)
    elif ending != "requested":
        decide_leave(team, leave, approve=ending == "approved")
    if free:
        assert ask_leave(team).pk != leave.pk
    else:
        with pytest.raises(api.NotNow):
            ask_leave(team)


def test_a_colleagues_leave_does_not_stand_in_the_way(team):
    ask_leave(team, "Mei")
    assert ask_leave(team, "Omar").state == "requested"


def test_a_few_hours_may_be_asked_for_beside_other_hours_of_the_day(team):
    ask_leave(team, start=540, end=600)
    assert ask_leave(team, start=900, end=960).state == "requested"


def free_days(taken, since, until):
    """A naive second answer: whether no day of the span is taken."""
    days = {since + timedelta(days=n) for n in range((until - since).days + 1)}
    return not days & taken


def test_no_day_is_ever_held_by_two_requests_of_one_person(team):
    @settings(max_examples=10)
    @given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4)), min_size=1, max_size=5))
    def check(spans):
        taken: set[date] = set()
        with transaction.atomic():
            for first, more in spans:
                since, until = in_days(first), in_days(first + more)
                if free_days(taken, since, until):
                    ask_leave(team, since=since, until=until)
                    taken |= {since + timedelta(days=n) for n in range(more + 1)}
                else:
                    with pytest.raises(api.NotNow):
                        ask_leave(team, since=since, until=until)
            rows = api.leaves(scope=team.scope("Mei"), branch=team.b01)
            held = [row.since + timedelta(days=n) for row in rows for n in range((row.until - row.since).days + 1)]
            assert len(held) == len(set(held)) and set(held) == taken
            transaction.set_rollback(True)

    check()


STEPS = ("approve", "refuse", "withdraw")
OUTCOME = {
    ("requested", "approve"): "approved",
    ("requested", "refuse"): "refused",
    ("requested", "withdraw"): "withdrawn",
    ("approved", "approve"): "approved",
    ("refused", "refuse"): "refused",
    ("withdrawn", "withdraw"): "withdrawn",
}


def take(team, leave, step):
    if step == "withdraw":
        return api.leave_withdraw(**by(team, "Mei"), leave_id=leave.pk)
    return decide_leave(team, leave, approve=step == "approve")


@pytest.mark.parametrize("first", ["", *STEPS])
@pytest.mark.parametrize("second", STEPS)
def test_each_state_allows_its_steps_and_a_repeated_step_writes_nothing_more(team, first, second):
    leave = ask_leave(team)
    if first:
        leave = take(team, leave, first)
    before, entries = leave.state, len(journal(team, "team.leave"))
    if wanted := OUTCOME.get((before, second)):
        leave = take(team, leave, second)
        assert leave.state == wanted
        assert len(journal(team, "team.leave")) == entries + (wanted != before)
    else:
        with pytest.raises(api.NotNow):
            take(team, leave, second)
        with scoped(team.scope("Sun")):
            leave.refresh_from_db()
        assert leave.state == before and len(journal(team, "team.leave")) == entries


@pytest.mark.parametrize(
    ("first", "second", "chinese", "english"),
    [
        ("approve", "refuse", "该申请已审批或撤回。", "already decided or withdrawn"),
        ("withdraw", "approve", "该申请已审批或撤回。", "already decided or withdrawn"),
        ("approve", "withdraw", "该申请已审批，请联系主管。", "Speak to the supervisor"),
    ],
)
def test_a_refused_step_says_what_happened_and_what_to_do(team, first, second, chinese, english):
    leave = take(team, ask_leave(team), first)
    with pytest.raises(api.NotNow) as refused:
        take(team, leave, second)
    assert refused.value.message == chinese
    with translation.override("en"), pytest.raises(api.NotNow, match=english):
        take(team, leave, second)


def test_a_decision_keeps_who_and_when_and_tells_the_person_once(team):
    leave = ask_leave(team)
    later = team.now + timedelta(hours=3)
    done = api.leave_decide(scope=team.scope("Ada"), now=later, leave_id=leave.pk, approve=False)
    assert (done.decided_at, done.decided_by) == (later, team.people["Ada"].pk)
    api.leave_decide(scope=team.scope("Sun"), now=later, leave_id=leave.pk, approve=False)
    assert told(team, "Mei") == ["请假未批准"] and told(team, "Sun") == []
    _kind, data = journal(team, "team.leave_decided")[0]
    assert data == {
        "user": str(team.people["Mei"].pk), "since": "2026-11-30", "until": "2026-11-30", "half": "",
        "state": "refused",
    }  # fmt: skip


def test_the_reason_is_kept_apart_from_the_journal_and_can_be_erased(team):
    ask_leave(team, reason="发烧 38.5")
    ask_leave(team, "Omar")
    entries = journal(team, "team.leave_requested")
    assert len(entries) == 2 and "发烧" not in str(entries)
    with scoped(team.scope("Sun")):
        texts = [row.text for row in JournalText.objects.filter(entry__kind="team.leave_requested")]
    assert texts == [{"reason": "发烧 38.5"}]  # Omar gave none, so nothing is kept


def test_own_leave_is_decided_by_the_other_leader(team):
    leave = ask_leave(team, "Sun")
    for approve in (True, False):
        with pytest.raises(api.NotNow, match="本人的请假由他人审批"):
            decide_leave(team, leave, "Sun", approve=approve)
    assert decide_leave(team, leave, "Ada").state == "approved"


@pytest.mark.parametrize(
    ("name", "error"),
    [("Mei", Forbidden), ("Omar", Forbidden), ("Rita", Forbidden), ("Hana", Forbidden), ("Otto", Forbidden),
     ("Bo", NotFound), ("Stranger", NotFound), ("Sysadmin", Forbidden)],
)  # fmt: skip
def test_only_leaders_of_the_branch_decide_and_others_branches_find_nothing(team, name, error):
    leave = ask_leave(team, "Mei")
    with pytest.raises(error):
        decide_leave(team, leave, name)
    assert journal(team, "team.leave_decided") == [] and told(team, "Mei") == []


@pytest.mark.parametrize("name", ["Omar", "Sun", "Ada", "Stranger", "Bo"])
def test_nobody_else_withdraws_a_request(team, name):
    leave = ask_leave(team, "Mei")
    with pytest.raises(NotFound):
        api.leave_withdraw(**by(team, name), leave_id=leave.pk)


@pytest.mark.parametrize("name", ["Rita", "Hana", "Otto", "Bo", "Stranger"])
def test_people_without_a_post_at_the_branch_do_not_ask_there(team, name):
    with pytest.raises(Forbidden):
        ask_leave(team, name)


def test_a_person_without_a_profile_is_told_who_can_set_one_up(bank):
    with pytest.raises(NotFound, match="请主管设置") as refused:
        ask_leave(bank)
    assert refused.value.status == 404


def test_a_profile_that_is_no_longer_active_asks_for_nothing(team):
    api.staff_profile_set(**by(team, "Sun"), branch=team.b01, user=team.people["Mei"], skills=[], active=False)
    with pytest.raises(NotFound):
        ask_leave(team)


@pytest.mark.parametrize(
    ("now", "since", "until", "taken"),
    [
        (datetime(2026, 11, 23, 2, 30, tzinfo=UTC), date(2026, 11, 20), date(2026, 11, 20), True),  # sick last Friday
        (datetime(2026, 11, 23, 2, 30, tzinfo=UTC), date(2025, 11, 23), date(2025, 11, 24), True),
        (datetime(2026, 11, 23, 2, 30, tzinfo=UTC), date(2025, 11, 22), date(2025, 11, 22), False),
        (datetime(2026, 11, 23, 2, 30, tzinfo=UTC), date(2028, 11, 22), date(2028, 11, 22), True),
        (datetime(2026, 11, 23, 2, 30, tzinfo=UTC), date(2028, 11, 22), date(2028, 11, 23), False),
        (datetime(2026, 11, 23, 16, 30, tzinfo=UTC), date(2028, 11, 22), date(2028, 11, 23), True),  # already Tuesday
        (datetime(2026, 11, 23, 2, 30, tzinfo=UTC), date(9999, 12, 31), date(9999, 12, 31), False),
        (datetime(2026, 11, 23, 2, 30, tzinfo=UTC), date(1, 1, 1), date(1, 1, 1), False),
    ],
)
def test_leave_lies_between_a_year_ago_and_two_years_ahead(team, now, since, until, taken):
    team.now = now
    if taken:
        assert ask_leave(team, since=since, until=until).state == "requested"
        return
    with pytest.raises(Invalid) as refused:
        ask_leave(team, since=since, until=until)
    assert refused.value.message == "请假须在过去一年至未来两年之内，请检查日期。"
    assert refused.value.details == {"field": "since"}


@pytest.mark.parametrize(
    ("day", "away"), [(WEEK - timedelta(days=1), []), (WEEK, ["Mei"]), (TUESDAY, ["Mei"]), (in_days(2), [])]
)
def test_who_is_away_on_a_day_is_read_from_approved_leave_with_both_ends(team, day, away):
    decide_leave(team, ask_leave(team, "Mei", until=TUESDAY))
    ask_leave(team, "Omar", until=TUESDAY)
    rows = api.absent_on(scope=team.scope("Sun"), branch=team.b01, day=day)
    assert [row.profile.user.name for row in rows] == away


def test_requests_are_read_soonest_first_by_state_and_by_person(team):
    late = ask_leave(team, "Mei", since=in_days(9))
    early = ask_leave(team, "Omar", since=in_days(2))
    done = decide_leave(team, ask_leave(team, "Mei", since=in_days(5)))
    sun = {"scope": team.scope("Sun"), "branch": team.b01}
    assert [row.pk for row in api.leaves(**sun)] == [early.pk, late.pk]
    assert [row.pk for row in api.leaves(**sun, states=("requested", "approved"))] == [early.pk, done.pk, late.pk]
    mine = api.leaves(**sun, states=("requested", "approved"), profile=late.profile_id)
    assert [row.pk for row in mine] == [done.pk, late.pk]
    assert api.leaves(scope=team.scope("Stranger"), branch=team.b01) == []
