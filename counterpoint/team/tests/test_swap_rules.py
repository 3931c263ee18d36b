"""Swaps: whom one may ask for which days, what each state allows, who decides, and what is written and told."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.foundation.api import Forbidden, Invalid, NotFound, scoped
from counterpoint.team import api
from counterpoint.team.tests.stories import (
    TUESDAY,
    WEEK,
    answer_swap,
    ask_leave,
    ask_swap,
    by,
    decide_leave,
    decide_swap,
    edit,
    in_days,
    journal,
    key,
    on_post,
    profile,
    publish,
    revise,
    told,
    withdraw_swap,
)


def states(team, swap):
    with scoped(team.scope("Sun")):
        swap.refresh_from_db()
    return swap.state


def test_asking_changes_no_shift_and_tells_the_colleague(team, out):
    swap = ask_swap(team)
    assert (swap.state, swap.week, swap.date, swap.back_date) == ("asked", WEEK, WEEK, None)
    assert on_post(team) == {"Mei": ("cash",), "Omar": ("lobby",)}
    assert told(team, "Ada") == ["同事请你换班"] and told(team, "Sun") == []
    assert journal(team, "team.swap") == [
        ("team.swap_asked", {"giver": key(team, "Mei"), "taker": key(team, "Ada"), "date": "2026-11-30",
                             "back_date": None}),
    ]  # fmt: skip


def test_a_swap_with_a_day_back_notes_both_days(team, out):
    swap = ask_swap(team, "Mei", "Sun", WEEK)
    withdraw_swap(team, swap)
    with pytest.raises(api.NotNow):  # Sun has no shift on Tuesday to give back
        ask_swap(team, "Mei", "Sun", WEEK, back=TUESDAY)
    with pytest.raises(api.NotNow):  # Omar works on both days himself
        ask_swap(team, "Mei", "Omar", WEEK, back=TUESDAY)


def test_two_people_of_one_day_exchange_their_shifts(team, out):
    api.staff_profile_set(
        **by(team, "Sun"), branch=team.b01, user=team.people["Mei"], min_day_minutes=60,
        skills=[api.SkillInput("cash", 3), api.SkillInput("lobby", 1)],
    )  # fmt: skip
    api.staff_profile_set(
        **by(team, "Sun"), branch=team.b01, user=team.people["Omar"], min_day_minutes=60,
        skills=[api.SkillInput("cash", 3), api.SkillInput("lobby", 1)],
    )  # fmt: skip
    swap = ask_swap(team, "Mei", "Omar", WEEK)
    answer_swap(team, swap, "Omar")
    decide_swap(team, swap)
    assert on_post(team) == {"Mei": ("lobby",), "Omar": ("cash",)}
    assert on_post(team, TUESDAY) == {"Mei": ("cash",), "Omar": ("lobby",)}


def test_a_shift_for_a_shift_of_another_day_moves_both(team, draft):
    row = edit(team, draft, api.Cell(key(team, "Mei"), 1, off=True)).roster
    row = edit(team, row, api.Cell(key(team, "Ada"), 1, start=540, end=720, tasks=((540, 720, "cash"),))).roster
    publish(team, row)
    swap = ask_swap(team, "Mei", "Ada", WEEK, back=TUESDAY)
    assert swap.impact == {"clean": True, "violations": [], "holes": []}
    answer_swap(team, swap)
    done = decide_swap(team, swap)
    assert on_post(team) == {"Ada": ("cash",), "Omar": ("lobby",)}
    assert on_post(team, TUESDAY) == {"Mei": ("cash",), "Omar": ("lobby",)}
    assert done.result.based_on.pk == row.pk and done.result.solution["status"] == "swapped"


@pytest.mark.parametrize(
    ("now", "day", "back", "fine"),
    [
        (datetime(2026, 11, 23, 2, 30, tzinfo=UTC), in_days(0), None, True),
        (datetime(2026, 11, 30, 15, 59, tzinfo=UTC), in_days(0), None, True),  # 23:59 of the day itself
        (datetime(2026, 11, 30, 16, 0, tzinfo=UTC), in_days(0), None, False),  # midnight in Shanghai
        (datetime(2026, 11, 30, 16, 0, tzinfo=UTC), in_days(1), None, True),
        (datetime(2026, 11, 30, 16, 0, tzinfo=UTC), in_days(1), in_days(0), False),  # the day back is over
        (datetime(2026, 11, 23, 2, 30, tzinfo=UTC), in_days(0), in_days(7), False),  # next week
        (datetime(2026, 11, 23, 2, 30, tzinfo=UTC), in_days(0), in_days(-1), False),  # the week before
    ],
)
def test_only_days_to_come_of_one_week_are_swapped_by_the_branchs_own_date(team, out, now, day, back, fine):
    team.now = now
    if fine:
        assert ask_swap(team, day=day, back=back).state == "asked"
        return
    with pytest.raises(Invalid, match="只能换同一周内尚未到来的班") as refused:
        ask_swap(team, day=day, back=back)
    assert refused.value.status == 422


@pytest.mark.parametrize(
    ("taker", "why"), [("nobody", "no such profile"), ("self", "oneself"), ("left", "no longer active")]
)
def test_only_an_active_colleague_of_the_branch_can_be_asked(team, out, taker, why):
    asked = {"nobody": uuid4(), "self": profile(team, "Mei").pk, "left": profile(team, "Ada").pk}[taker]
    if taker == "left":
        api.staff_profile_set(**by(team, "Sun"), branch=team.b01, user=team.people["Ada"], skills=[], active=False)
    with pytest.raises(NotFound, match="不能询问这位同事"):
        api.swap_request(**by(team, "Mei"), branch=team.b01, day=WEEK, taker_id=asked)
    assert journal(team, "team.swap") == [], why


@pytest.mark.parametrize("day", [in_days(2), in_days(6), in_days(7), in_days(70)])
def test_a_day_without_an_own_published_shift_cannot_be_offered(team, out, day):
    with pytest.raises(api.NotNow, match="没有已发布的班"):
        ask_swap(team, day=day)


def test_a_draft_is_no_shift_to_offer(team, draft):
    with pytest.raises(api.NotNow):
        ask_swap(team)


def test_the_same_shift_may_be_offered_again_once_the_first_offer_is_over(team, out):
    first = ask_swap(team)
    with pytest.raises(api.NotNow, match="请先撤回"):
        ask_swap(team, "Mei", "Sun")
    answer_swap(team, first, agree=False)
    second = ask_swap(team, "Mei", "Sun")
    answer_swap(team, second, "Sun")
    with pytest.raises(api.NotNow):  # agreed is still open
        ask_swap(team)
    withdraw_swap(team, second)
    assert ask_swap(team).state == "asked"


def test_two_shifts_may_be_offered_at_once(team, out):
    assert ask_swap(team, day=WEEK).pk != ask_swap(team, day=TUESDAY).pk


STEPS = ("agree", "decline", "withdraw", "approve", "refuse")
# The whole machine on one page: what a step makes of a state; a pair that is missing is refused.
NEXT = {
    ("asked", "agree"): "agreed",
    ("asked", "decline"): "declined",
    ("asked", "withdraw"): "withdrawn",
    ("asked", "refuse"): "refused",
    ("agreed", "agree"): "agreed",
    ("agreed", "withdraw"): "withdrawn",
    ("agreed", "approve"): "approved",
    ("agreed", "refuse"): "refused",
    ("approved", "approve"): "approved",
    ("declined", "decline"): "declined",
    ("refused", "refuse"): "refused",
    ("withdrawn", "withdraw"): "withdrawn",
}


def take(team, swap, step):
    if step in ("agree", "decline"):
        return answer_swap(team, swap, agree=step == "agree")
    if step == "withdraw":
        return withdraw_swap(team, swap)
    return decide_swap(team, swap, approve=step == "approve")


def test_every_walk_through_the_states_follows_the_page(team, out):
    from django.db import transaction

    @settings(max_examples=12)
    @given(st.lists(st.sampled_from(STEPS), min_size=1, max_size=5))
    def walk(steps):
        with transaction.atomic():
            swap, state, entries = ask_swap(team), "asked", 1
            for step in steps:
                wanted = NEXT.get((state, step))
                if wanted:
                    swap = take(team, swap, step)
                    entries += wanted != state
                    state = wanted
                else:
                    with pytest.raises(api.NotNow):
                        take(team, swap, step)
                assert states(team, swap) == state and len(journal(team, "team.swap")) == entries
            worker = "Ada" if state == "approved" else "Mei"
            assert set(on_post(team)) == {worker, "Omar"}
            assert api.roster_published_for(scope=team.scope("Sun"), branch=team.b01, day=WEEK).version == (
                2 if state == "approved" else 1
            )
            transaction.set_rollback(True)

    walk()


@pytest.mark.parametrize(
    ("steps", "last", "chinese", "english"),
    [
        ((), "approve", "双方同意后主管才能审批。", "Both colleagues must agree"),
        (("decline",), "refuse", "双方同意后主管才能审批。", "Both colleagues must agree"),
        (("withdraw",), "agree", "该换班已答复或撤回。", "already answered or withdrawn"),
        (("agree",), "decline", "该换班已答复或撤回。", "already answered or withdrawn"),
        (("agree", "approve"), "withdraw", "该换班已审批。", "already decided"),
    ],
)
def test_a_step_out_of_turn_says_why_in_the_readers_language(team, out, steps, last, chinese, english):
    swap = ask_swap(team)
    for step in steps:
        swap = take(team, swap, step)
    with pytest.raises(api.NotNow) as refused:
        take(team, swap, last)
    assert refused.value.message == chinese
    with translation.override("en"), pytest.raises(api.NotNow, match=english):
        take(team, swap, last)


def test_each_step_tells_whom_it_concerns_once(team, out):
    swap = ask_swap(team)
    for _again in range(2):
        answer_swap(team, swap)
    for _again in range(2):
        decide_swap(team, swap)
    assert told(team, "Mei", "team.swap") == ["你的换班申请已有答复", "你的换班已审批"]
    assert told(team, "Ada", "team.swap") == ["同事请你换班", "你的换班已审批"]
    assert told(team, "Omar", "team.swap") == []


def test_a_decision_keeps_who_when_and_which_version(team, out):
    swap = ask_swap(team)
    answer_swap(team, swap)
    later = team.now + timedelta(hours=1)
    done = api.swap_decide(scope=team.scope("Sun"), now=later, swap_id=swap.pk, approve=True)
    assert (done.decided_at, done.decided_by) == (later, team.people["Sun"].pk)
    assert done.result.published_at == later and done.result.published_by == team.people["Sun"].pk
    people = {"giver": key(team, "Mei"), "taker": key(team, "Ada")}
    assert journal(team, "team.swap_consented") == [("team.swap_consented", people | {"state": "agreed"})]
    decided = people | {"state": "approved", "version": 2, "waived": []}
    assert journal(team, "team.swap_decided") == [("team.swap_decided", decided)]
    published = [data for _kind, data in journal(team, "team.roster_published")]
    assert [(p["version"], p["changes"]) for p in published] == [(1, 0), (2, 2)]


@pytest.mark.parametrize(
    ("hours", "worked"),
    [
        (15.9 - 2.5, False),  # the last minutes of the Monday in Shanghai
        (16.1 - 2.5, True),  # Tuesday has begun
    ],
)
def test_a_day_that_was_worked_is_not_swapped_any_more_but_the_request_can_be_refused(team, out, hours, worked):
    swap = ask_swap(team)
    answer_swap(team, swap)
    decide = {"scope": team.scope("Sun"), "now": team.now + timedelta(days=7, hours=hours), "swap_id": swap.pk}
    if worked:
        with pytest.raises(api.NotNow):
            api.swap_decide(**decide, approve=True)
        assert api.swap_decide(**decide, approve=False).state == "refused"
    else:
        assert api.swap_decide(**decide, approve=True).state == "approved"


def test_a_refusal_publishes_nothing(team, out):
    swap = ask_swap(team)
    done = decide_swap(team, swap, approve=False)
    assert done.state == "refused" and done.result is None
    assert journal(team, "team.swap_decided")[0][1]["version"] is None
    assert len(journal(team, "team.roster_published")) == 1


@pytest.mark.parametrize("name", ["Mei", "Omar", "Rita", "Hana", "Otto", "Sysadmin"])
def test_only_leaders_of_the_branch_decide(team, out, name):
    swap = ask_swap(team, "Mei", "Ada")
    answer_swap(team, swap)
    with pytest.raises(Forbidden) as refused:
        decide_swap(team, swap, name)
    assert refused.value.details == {"verb": "team.swap.decide"} and states(team, swap) == "agreed"


@pytest.mark.parametrize("verb", [answer_swap, withdraw_swap, decide_swap])
@pytest.mark.parametrize("name", ["Bo", "Stranger"])
def test_at_another_branch_the_swap_does_not_exist(team, out, verb, name):
    swap = ask_swap(team)
    with pytest.raises(NotFound):
        verb(team, swap, name)


def test_a_leader_who_is_part_of_it_neither_approves_nor_refuses(team, out):
    swap = ask_swap(team, "Mei", "Ada")
    answer_swap(team, swap)
    for approve in (True, False):
        with pytest.raises(api.NotNow, match="本人的换班由他人审批"):
            decide_swap(team, swap, "Ada", approve=approve)
    assert decide_swap(team, swap, "Sun").state == "approved"


def test_a_swap_onto_leave_names_the_leave_and_is_refused(team, out):
    swap = ask_swap(team)
    assert swap.impact["clean"]
    answer_swap(team, swap)
    decide_leave(team, ask_leave(team, "Ada"))
    with pytest.raises(api.HardRuleBroken) as refused:
        decide_swap(team, swap)
    assert refused.value.details["keys"] == ["leave"] and "Ada" in refused.value.message
    assert states(team, swap) == "agreed" and set(on_post(team)) == {"Mei", "Omar"}
    assert len(journal(team, "team.roster")) == len(journal(team, "team.roster_published")) + 1  # the draft, no second


def test_a_hard_rule_that_is_no_law_can_be_waived_with_a_reason(team, out):
    api.staff_profile_set(
        **by(team, "Sun"), branch=team.b01, user=team.people["Ada"], min_day_minutes=240,
        skills=[api.SkillInput("cash", 3)],
    )  # fmt: skip
    swap = ask_swap(team)
    assert [v["source"] for v in swap.impact["violations"]] == ["contract"]
    answer_swap(team, swap)
    with pytest.raises(api.HardRuleBroken):
        decide_swap(team, swap, waivers={"contract.min_day": "  "})
    done = decide_swap(team, swap, waivers={"contract.min_day": "Ada agreed", "leave": "not broken"})
    assert done.result.waivers == {"contract.min_day": "Ada agreed"}
    assert journal(team, "team.swap_decided")[0][1]["waived"] == ["contract.min_day"]


def test_a_post_that_would_be_left_is_named_with_place_and_time(team, out):
    swap = ask_swap(team)
    answer_swap(team, swap)
    api.staff_profile_set(
        **by(team, "Sun"), branch=team.b01, user=team.people["Ada"], min_day_minutes=60,
        skills=[api.SkillInput("lobby", 1)],
    )  # fmt: skip
    with pytest.raises(api.CoverageLost) as refused:
        decide_swap(team, swap)
    assert refused.value.message == "换班后 2026-11-30 09:00 现金 会缺 1 人，请另找同事。"
    assert refused.value.details["holes"] == [
        {"skill": "cash", "date": "2026-11-30", "minute": 540 + 30 * n, "missing": 1} for n in range(6)
    ]
    assert states(team, swap) == "agreed" and swap.result is None


def test_a_colleague_who_works_by_now_exchanges_instead_of_taking_over(team, out):
    swap = ask_swap(team)
    answer_swap(team, swap)
    row = edit(team, revise(team, out), api.Cell(key(team, "Ada"), 0, start=540, end=660, tasks=((540, 660, "cash"),)))
    publish(team, row.roster)
    decide_swap(team, swap)
    shifts = api.shifts_on(scope=team.scope("Mei"), branch=team.b01, day=WEEK)
    assert {s.name: s.end for s in shifts} == {"Ada": 720, "Mei": 660, "Omar": 720}


def test_a_swap_whose_shift_has_gone_can_no_longer_be_approved_but_refused(team, out):
    swap = ask_swap(team)
    answer_swap(team, swap)
    row = edit(team, revise(team, out), api.Cell(key(team, "Mei"), 0, off=True)).roster
    publish(team, row)
    with pytest.raises(api.NotNow, match="排班已变动"):
        decide_swap(team, swap)
    assert decide_swap(team, swap, approve=False).state == "refused"


def test_a_draft_made_before_a_swap_is_not_published_over_it(team, out):
    row = revise(team, out)
    swap = ask_swap(team)
    answer_swap(team, swap)
    decide_swap(team, swap)
    with pytest.raises(api.AlreadyPublished):
        publish(team, row)
    assert set(on_post(team)) == {"Ada", "Omar"}


def test_swaps_are_read_by_state_and_by_whom_they_concern(team, out):
    first, second = ask_swap(team, "Mei", "Ada"), ask_swap(team, "Omar", "Sun")
    answer_swap(team, first)
    sun = {"scope": team.scope("Sun"), "branch": team.b01}
    assert [s.pk for s in api.swaps(**sun)] == [first.pk]
    both = api.swaps(**sun, states=("asked", "agreed"))
    assert {s.pk for s in both} == {first.pk, second.pk}
    for name, wanted in (("Mei", {first.pk}), ("Ada", {first.pk}), ("Sun", {second.pk}), ("Bo", set())):
        mine = api.swaps(**sun, states=("asked", "agreed"), user=team.people[name].pk)
        assert {s.pk for s in mine} == wanted, name
    assert api.swaps(scope=team.scope("Stranger"), branch=team.b01, states=("asked", "agreed")) == []
