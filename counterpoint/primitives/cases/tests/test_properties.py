"""P-C7, P-C8, P-C9, P-C11, P-C13: the rest of the laws, on the pure machine where no row is needed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import yaml
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.foundation.calendar import Hours
from counterpoint.primitives import cases as door
from counterpoint.primitives.cases import clocks
from counterpoint.primitives.cases.readings import read
from counterpoint.primitives.cases.state import Event, evolve, from_json, opened
from counterpoint.primitives.cases.tests import examples
from counterpoint.primitives.cases.types import CASE_TYPES, Span
from counterpoint.primitives.content import kind_of
from tests.properties import dose

MINUTE = timedelta(minutes=1)
EXAMPLES = dose(200)
KIND = kind_of(CASE_TYPES).value_of("example.complaint", yaml.safe_load(examples.COMPLAINT))
WEEK = Hours(dict.fromkeys(range(5), ((540, 720), (780, 1020))))
BEGIN = datetime(2026, 9, 21, tzinfo=UTC)
MOMENTS = st.integers(0, 20 * 1440).map(lambda m: BEGIN + m * MINUTE)
WAITS = st.integers(0, 3000).map(lambda m: m * MINUTE)


def begin(at, level="serious"):
    return opened(KIND, Event("opened", at, "sun", {"version": 1, "level": level}))


def go(state, kind, at, **data):
    return evolve(KIND, state, Event(kind, at, "sun", data))


def clock(state, name, kind=KIND):
    return next(r for r in read(kind, state, WEEK) if r.clock == name)


@given(MOMENTS, st.sampled_from(["paused", "dropped", "resolved", "accepted"]), WAITS)
@settings(max_examples=EXAMPLES)
def test_p_c7_opened_at_any_hour_and_at_once_paused_or_ended_is_like_any_other(at, first, wait):
    plain = begin(at)
    data = {"paused": {"reason": "x"}, "dropped": {"stage": "dropped"}, "resolved": {"stage": "resolved"}}
    state = go(plain, first, at, **data.get(first, {}))
    for name in ("response", "solution", "legal"):
        before, now = clock(plain, name), clock(state, name)
        assert now.start == at and now.allowed == before.allowed
        if first == "paused" and name != "legal":
            assert now.due_at is None  # no deadline while it waits without a cap
            again = clock(go(state, "resumed", at + wait), name)
            wanted = clocks.deadline(WEEK, "opening", at, before.allowed, clocks.merged([(at, at + wait)]))
            assert again.due_at == wanted and not again.breached(at + wait)
        else:
            assert now.due_at == before.due_at
        if first in ("dropped", "resolved") and name == "solution":
            assert now.stopped_at == at and not now.breached(at + wait)


@given(MOMENTS, WAITS, WAITS)
@settings(max_examples=EXAMPLES)
def test_p_c8_resolving_out_of_a_pause_counts_the_pause(at, before, paused):
    since, until = at + before, at + before + paused
    waiting = go(begin(at), "paused", since, reason="x")
    straight = go(waiting, "resolved", until, stage="resolved")
    resumed = go(go(waiting, "resumed", until), "resolved", until, stage="resolved")
    assert straight == resumed
    held = clock(straight, "solution")
    assert held.holes == clocks.merged([(since, until)]) and held.stopped_at == until


@given(MOMENTS, WAITS, WAITS, WAITS, st.integers(1, 600), st.integers(1, 600))
@settings(max_examples=EXAMPLES)
def test_p_c9_new_rules_keep_the_time_used_and_the_pauses(at, before, paused, after, old, new):
    def kind(minutes):
        within = dict.fromkeys(("minor", "serious", "grave"), Span(minutes=minutes))
        changed = tuple(replace(c, within=within) if c.slug == "response" else c for c in KIND.clocks)
        return replace(KIND, clocks=changed)

    state = go(go(begin(at), "paused", at + before, reason="x"), "resumed", at + before + paused)
    now = at + before + paused + after
    first = clock(state, "response", kind(old))
    second = clock(evolve(KIND, state, Event("policy", now, "", {"version": 2})), "response", kind(new))
    assert (second.start, second.holes) == (first.start, first.holes)
    used = [clocks.consumed(WEEK, r.runs, r.start, now, r.holes) for r in (first, second)]
    assert used[0] == used[1]
    between = clocks.consumed(WEEK, "opening", *sorted((first.due_at, second.due_at)), first.holes)
    assert between == abs(new - old) * MINUTE


@given(MOMENTS, WAITS, st.sampled_from(["accepted", "milestone", "resolved"]), st.integers(1, 600))
@settings(max_examples=EXAMPLES)
def test_p_c11_what_happens_to_one_clock_leaves_the_others_alone(at, later, event, minutes):
    stops = {"accepted": ["response"], "milestone": ["legal"], "resolved": ["response", "solution"]}[event]
    data = {"milestone": {"slug": "answered"}, "resolved": {"stage": "resolved"}}.get(event, {})
    state, after = begin(at), go(begin(at), event, at + later, **data)
    for name in ("response", "solution", "legal"):
        assert clock(after, name).due_at == clock(state, name).due_at
        assert (clock(after, name).stopped_at is not None) == (name in stops)
    shorter = tuple(
        replace(c, within={**c.within, "serious": Span(minutes=minutes)}) if c.slug == "solution" else c
        for c in KIND.clocks
    )
    kind = replace(KIND, clocks=shorter)  # a shorter limit of one never overrules another
    assert clock(state, "response", kind).due_at == clock(state, "response").due_at


class Undo(Exception):
    """Rolls an example back."""


def test_p_c13_merging_never_lowers_the_count_of_missed_deadlines(bank, complain):
    @given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300), st.integers(0, 2))
    @settings(max_examples=dose(25))
    def holds(first, second, later, accepted):
        try:
            with transaction.atomic():
                merge(bank, complain, (first, second), later, accepted)
                raise Undo
        except Undo:
            pass

    holds()


def merge(bank, complain, starts, later, accepted):
    ids = [complain(now=bank.now + start * MINUTE).id for start in starts]
    now = bank.now + (max(starts) + later) * MINUTE
    for one in ids[:accepted]:
        door.case_accept(scope=bank.scope("Sun"), now=now, case=one)
    here = {"scope": bank.scope("Ada"), "now": now + MINUTE}
    for one in ids:
        door.case_fields(**here, case=one, fields={"cause": "x"})
    counts = [door.case(**here, case=one).case.breaches for one in ids]
    merged = door.case_merge(**here, case=ids[0], into=ids[1])
    assert merged.breaches >= sum(counts) and door.case(**here, case=ids[0]).case.breaches == counts[0]


@given(MOMENTS, st.lists(st.tuples(st.sampled_from(["paused", "resumed", "accepted", "milestone"]), WAITS), max_size=8))
@settings(max_examples=EXAMPLES)
def test_a_state_survives_its_row(at, steps):
    state = begin(at)
    for kind, wait in steps:
        at += wait
        state = go(state, kind, at, reason="x", slug="answered", cap="")
    assert from_json(state.to_json()) == state
