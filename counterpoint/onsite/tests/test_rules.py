"""The hall's decisions, pure: who is next, what a step leads to, what is promised, what a set of events says."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.onsite.catalogue import catalogue
from counterpoint.onsite.queries.snapshot import warmth
from counterpoint.onsite.rules import calling, columns, folding, lifecycle, promise
from counterpoint.onsite.rules.calling import Waiting
from counterpoint.primitives import content as contents

TEN = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
WORKS = {"a": promise.Work(6.0, 3.6), "b": promise.Work(12.0, 6.0)}

moments = st.integers(0, 3600).map(lambda s: TEN + timedelta(seconds=s))
waiting_lists = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(0, 2), moments, st.one_of(st.none(), moments)), max_size=25
).map(lambda rows: [Waiting(f"{i:03d}", *row) for i, row in enumerate(rows)])
services = st.sampled_from([frozenset("a"), frozenset("b"), frozenset("ab")])


# --- calling ---------------------------------------------------------------------------------------------------------


@given(waiting_lists, services, moments)
def test_nobody_who_may_be_called_is_before_the_one_called(waiting, able, now):
    chosen = calling.choose(waiting, able, now)
    others = [t for t in waiting if calling.callable_now(t, able, now)]
    assert (chosen is None) == (not others)
    assert all(chosen.order <= t.order for t in others)


@given(waiting_lists, st.lists(services, min_size=1, max_size=60), moments)
def test_calling_until_nobody_is_left_calls_each_once_and_fifo_within_a_priority(waiting, counters, now):
    left, called = list(waiting), []
    for able in counters:
        ticket = calling.choose(left, able, now)
        if ticket is not None:
            left.remove(ticket)
            called.append((able, ticket))
    assert len({t.id for _, t in called}) == len(called)
    for (able, first), (_, later) in pairwise(called):
        if later.service in able and first.priority == later.priority:
            assert first.seniority_at <= later.seniority_at


@given(waiting_lists, moments)
def test_people_ahead_count_down_to_zero_for_the_next(waiting, now):
    everyone = frozenset("ab")
    chosen = calling.choose([t for t in waiting if t.not_before is None], everyone, now)
    if chosen is not None:
        assert calling.ahead_of(chosen, [t for t in waiting if t.not_before is None], everyone) == 0


def test_a_counter_calls_what_its_kind_its_person_and_its_narrowing_allow():
    skills = {"deposit": "cash", "transfer": "non_cash", "fund": "wealth"}
    assert calling.services_of(("cash", "non_cash"), skills, (), ()) == {"deposit", "transfer"}
    assert calling.services_of(("cash", "non_cash"), skills, ("transfer", "fund"), ()) == {"transfer"}
    assert calling.services_of(("cash", "non_cash"), skills, (), ("cash", "wealth")) == {"deposit"}


def test_services_compete_when_one_counter_does_both():
    windows = [frozenset({"deposit", "transfer"}), frozenset({"transfer"}), frozenset({"fund"})]
    assert calling.rivals_of("transfer", windows) == {"deposit", "transfer"}
    assert calling.rivals_of("loan", windows) == {"loan"}


# --- lifecycle -------------------------------------------------------------------------------------------------------


@given(st.sampled_from(sorted(lifecycle.STEPS)), st.sampled_from(sorted(lifecycle.STATES)))
def test_a_step_leads_to_a_known_state_and_nothing_leads_out_of_the_end(step, state):
    target = lifecycle.next_state(step, state)
    assert target is None or target in lifecycle.STATES
    if state in lifecycle.OVER:
        assert target is None


@given(st.integers(1, 20000), st.integers(1, 20000))
def test_labels_of_different_numbers_differ(one, other):
    assert (lifecycle.label_of("A", one) == lifecycle.label_of("A", other)) == (one == other)


def test_vulnerable_customers_get_the_first_priority_and_never_a_worse_one():
    assert lifecycle.priority_of(2, True, 0) == 0
    assert lifecycle.priority_of(0, True, 1) == 0
    assert lifecycle.priority_of(2, False, 0) == 2


# --- promise ---------------------------------------------------------------------------------------------------------

queues = st.lists(st.sampled_from("ab"), max_size=40)
busy = st.lists(st.tuples(st.sampled_from("ab"), st.floats(0, 60)), max_size=5)


def desks(count, serving=(), services=frozenset({"a", "b"})):
    """`count` counters, the first of them serving."""
    return [promise.Desk(services, serving[n] if n < len(serving) else None) for n in range(count)]


@given(queues, busy, st.integers(0, 8))
def test_a_promise_is_a_range_of_whole_minutes_from_zero(ahead, serving, counters):
    found = promise.range_by_formula("a", ahead, WORKS, desks(counters, serving))
    assert 0 <= found.low <= found.high <= promise.LONGEST
    assert found.low == int(found.low)
    assert found.ahead == len(ahead)


@given(queues, st.integers(1, 8))
def test_one_more_ahead_never_shortens_the_promise(ahead, counters):
    serving = [("a", 0.0)] * counters
    shorter = promise.range_by_formula("a", ahead, WORKS, desks(counters, serving))
    longer = promise.range_by_formula("a", [*ahead, "b"], WORKS, desks(counters, serving))
    assert longer.high >= shorter.high


@given(queues, st.integers(1, 7))
def test_one_more_counter_never_lengthens_the_promise(ahead, counters):
    few = promise.range_by_formula("a", ahead, WORKS, desks(counters, [("a", 0.0)] * counters))
    more = promise.range_by_formula("a", ahead, WORKS, desks(counters + 1, [("a", 0.0)] * (counters + 1)))
    assert more.high <= few.high


def test_a_free_counter_means_at_once_and_no_counter_is_said():
    assert promise.range_by_formula("a", [], WORKS, desks(2, [("a", 1.0)])) == promise.Promise(0.0, 1.0, "formula", 0)
    assert promise.range_by_formula("a", ["a"], WORKS, []).by == "closed"
    assert promise.range_by_formula("a", [], WORKS, desks(2, services=frozenset({"b"}))).by == "closed"


def test_nine_ahead_at_three_counters_by_hand():
    """9 × 6 minutes at 3 counters, each freshly busy: 6 + 3 × 6 = 24 ± 0.84 × √(12 × 3.6²) / 3."""
    found = promise.range_by_formula("a", ["a"] * 9, WORKS, desks(3, [("a", 0.0)] * 3))
    assert (found.low, found.high) == (20.0, 28.0)


def test_a_long_queue_elsewhere_does_not_lengthen_a_promise_at_a_counter_of_ones_own():
    """One counter does both services, one only b: twenty a ahead keep the first busy, b is called at the second."""
    both, own = promise.Desk(frozenset({"a", "b"}), ("a", 0.0)), promise.Desk(frozenset({"b"}), ("b", 0.0))
    queue = ["a"] * 20
    alone = promise.range_by_formula("b", [], WORKS, [own])
    beside = promise.range_by_formula("b", queue, WORKS, [both, own])
    assert beside.low <= alone.high
    assert promise.range_by_formula("a", queue, WORKS, [both, own]).low > 60


def test_a_promise_is_kept_up_to_its_last_minute():
    assert promise.kept(12.4, 12) is True
    assert promise.kept(12.6, 12) is False
    assert promise.kept(3, None) is None


@pytest.mark.parametrize(("waited", "level"), [(0, 0), (7.5, 1), (12, 2), (15, 3), (23, 4)])
def test_warmth_follows_the_tiers_promise(waited, level):
    assert warmth(waited, 15) == level


# --- folding: P-I1, P-I2 ---------------------------------------------------------------------------------------------

events = st.lists(
    st.builds(
        folding.Event,
        machine=st.sampled_from(["kiosk", "counter"]),
        seq=st.integers(0, 40),
        kind=st.sampled_from(folding.KINDS),
        at=moments,
        label=st.just("A001"),
        service=st.just("transfer"),
        counter=st.one_of(st.none(), st.integers(1, 4)),
    ),
    max_size=12,
    unique_by=lambda e: (e.machine, e.seq),
)


@given(events, st.randoms())
def test_any_order_of_the_same_events_gives_the_same_ticket(story, chance):
    mixed = list(story)
    chance.shuffle(mixed)
    assert folding.fold(mixed) == folding.fold(story)


@given(events)
def test_repeated_events_change_nothing(story):
    assert folding.fold(story * 3) == folding.fold(story)


@given(events)
def test_a_folded_ticket_is_sound(story):
    found = folding.fold(story)
    assert (found is None) == all(e.kind != "taken" for e in story)
    if found is not None:
        assert found.state in lifecycle.STATES
        assert found.called_at is None or found.called_at >= found.taken_at
        assert (found.state == "served") == (found.finished_at is not None)


def test_a_machine_whose_clock_is_ahead_is_not_believed():
    event = folding.Event("k", 1, "called", TEN + timedelta(minutes=3))
    assert folding.problem_of(event, TEN, (), ()) == "the machine's clock is ahead"
    assert folding.problem_of(event, TEN + timedelta(minutes=2), (), ()) == ""


# --- columns and content ---------------------------------------------------------------------------------------------


def test_columns_are_guessed_in_chinese_and_english_and_used_once():
    found = columns.suggest(["网点", "票号", "业务类型", "取号时间", "叫号时间", "办结时间", "柜员号"])
    assert found == {
        "branch": "网点", "ticket": "票号", "service": "业务类型", "arrived": "取号时间", "called": "叫号时间",
        "finished": "办结时间", "server": "柜员号",
    }  # fmt: skip
    assert columns.suggest(["arrived", "called", "service"])["arrived"] == "arrived"
    assert columns.suggest(["x", "y"]) == {}


def test_every_service_can_be_called_at_some_kind_of_counter_and_reached_at_the_kiosk():
    found = catalogue(TEN.date())
    able = {skill for kind in found.counter_kinds.values() for skill in kind.skills}
    shown = {group.skill for group in found.groups.values()}
    assert set(found.skill_of.values()) <= able & shown
    assert len(found.groups) == 4


def test_the_halls_content_is_sound():
    assert [p for p in contents.check() if "onsite" in p.file] == []


def test_an_unknown_kind_of_counter_serves_the_skill_of_its_name():
    assert catalogue(TEN.date()).kind_skills("lobby") == ("lobby",)
