"""Who may be taken first: each rule by hand, a second answer by brute force, and what the twin makes of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from counterpoint.science import advice, twin
from counterpoint.science.advice.fairness import Line, Ticket, Window, gains
from counterpoint.science.twin.kernel import layout as lay

FAIR = advice.Fairness()
ONE = (Window(frozenset({"cash"}), 2.0),)


def ticket(key: int, waited: float, mean: float, promise: float = 15.0, **more: object) -> Ticket:
    return replace(Ticket(key, "cash", 1.0, waited, promise, mean), **more)  # type: ignore[arg-type]


def refused(*tickets: Ticket, first: int = 2, windows: tuple[Window, ...] = ONE, fair: advice.Fairness = FAIR) -> str:
    return fair.refusal(Line(tickets, windows), first)


def test_a_short_matter_may_go_before_a_long_one_that_keeps_its_promise() -> None:
    assert refused(ticket(1, 6, 9), ticket(2, 5, 2)) == ""
    (gain,) = gains(Line((ticket(1, 6, 9), ticket(2, 5, 2)), ONE), FAIR)
    assert (gain.ticket.key, gain.why, gain.overtakes) == (2, "promise", 1)
    assert gain.saved == pytest.approx(9 - 2)  # she is called 9 minutes earlier, the other 2 minutes later


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (ticket(1, 6, 9), ticket(2, 5, 8), "promise"),  # 6 + 2 + 8 is more than 15
        (ticket(1, 6, 9), ticket(2, 5, 6), ""),  # 6 + 2 + 6 + 1 to spare is 15
        (ticket(1, 6, 9), ticket(2, 5, 6.1), "promise"),
        (ticket(1, 6, 9, 40.0), ticket(2, 5, 10, 40.0), ""),
        (ticket(1, 6, 9, 40.0), ticket(2, 5, 10.1, 40.0), "longer"),
        (ticket(1, 14, 9), ticket(2, 5, 2), "late"),
        (ticket(1, 6, 9, cared=True), ticket(2, 5, 2), "care"),
        (ticket(1, 6, 9), ticket(2, 5, 2, first=True), "twice"),
        (ticket(1, 6, 9, first=True, rank=0.5), ticket(2, 5, 2), "another"),
        (ticket(1, 6, 9, first=True, rank=-0.5), ticket(2, 5, 2), "ahead"),  # of a higher rank: no rival of hers
        (ticket(1, 6, 9, rank=0.0), ticket(2, 5, 2), "ahead"),  # nobody goes before a higher tier
        (ticket(1, 6, 9), ticket(2, 5, 2, service="loan"), "unknown"),
        (ticket(1, 6, 9), ticket(3, 5, 2), "unknown"),
    ],
)
def test_each_rule_refuses_by_name(one: Ticket, other: Ticket, why: str) -> None:
    assert refused(one, other) == why


def test_at_most_so_many_are_overtaken() -> None:
    line = tuple(ticket(n, 6, 1, 60.0) for n in range(1, 7))
    assert refused(*line[:5], ticket(7, 5, 1, 60.0), first=7) == ""
    assert refused(*line, ticket(7, 5, 1, 60.0), first=7) == "places"


def test_those_whom_no_shared_window_serves_are_not_overtaken() -> None:
    others = tuple(ticket(n, 6, 1, 60.0, service="loan") for n in range(3, 12))
    windows = (*ONE, Window(frozenset({"loan"}), 0.0))
    assert refused(*others, ticket(1, 6, 9), ticket(2, 5, 2), windows=windows) == ""


def test_content_may_allow_to_overtake_the_late() -> None:
    assert refused(ticket(1, 14, 9), ticket(2, 5, 2), fair=advice.Fairness(late=True)) == ""


# --- a second answer -------------------------------------------------------------------------------------------------

services = some.sampled_from(["cash", "loan", "wealth"])
tickets = some.lists(
    some.tuples(services, some.sampled_from([0.0, 2.0, 4.0]), some.integers(0, 30), some.integers(1, 20)), max_size=9
)
windows = some.lists(some.tuples(some.frozensets(services, min_size=1), some.integers(0, 12)), max_size=4)


def line_of(rows: list[tuple[str, float, int, int]], desks: list[tuple[frozenset[str], int]]) -> Line:
    ordered = sorted(rows, key=lambda row: (row[1], -row[2]))
    found = [
        Ticket(i, s, rank, float(waited), 8.0 + 8.0 * rank, float(mean), 30.0, cared=rank == 0.0)
        for i, (s, rank, waited, mean) in enumerate(ordered)
    ]
    return Line(tuple(found), tuple(Window(able, float(free)) for able, free in desks))


def by_the_minute(line: Line) -> dict[int, float]:
    """Minute by minute: every free window, in order, calls the first that it can serve."""
    free = [window.free for window in line.windows]
    left, found = list(line.tickets), {t.key: float("inf") for t in line.tickets}
    for minute in range(400):
        for n, window in enumerate(line.windows):
            if free[n] <= minute:
                called = next((t for t in left if t.service in window.services), None)
                if called is not None:
                    left.remove(called)
                    found[called.key], free[n] = float(minute), minute + called.mean
    return found


@settings(max_examples=150, deadline=None)
@given(tickets, windows)
def test_calls_are_those_found_minute_by_minute(rows: list, desks: list) -> None:
    line = line_of(rows, desks)
    assert line.calls() == by_the_minute(line)


@settings(max_examples=200, deadline=None)
@given(tickets, windows, some.booleans())
def test_nobody_is_harmed_beyond_the_rules(rows: list, desks: list, late: bool) -> None:
    """Whatever is found fair: looked at minute by minute, with the rules said once more."""
    line, fair = line_of(rows, desks), advice.Fairness(places=3, spare=1.0, longer=6.0, late=late)
    before = by_the_minute(line)
    for chosen in (t for t in line.tickets if not fair.refusal(line, t.key)):
        moved = line.with_first(chosen)
        after, at = by_the_minute(moved), [t.key for t in moved.tickets].index(chosen.key)
        assert all(t.rank < chosen.rank for t in moved.tickets[:at]), "it goes before all others of its rank"
        assert all(t.rank >= chosen.rank for t in moved.tickets[at + 1 :]), "never before a higher tier"
        passed = line.overtaken(chosen)
        assert 1 <= len(passed) <= 3 and all(t.rank == chosen.rank and not t.cared for t in passed)
        for t in line.tickets:
            if t is not chosen and after[t.key] > before[t.key]:
                assert after[t.key] - before[t.key] <= 6
                kept = t.waited + after[t.key] + 1 <= t.promise
                assert kept or (late and t.waited + before[t.key] > t.promise)
    for gain in gains(line, fair):
        assert not fair.refusal(line, gain.ticket.key)
        assert by_the_minute(line.with_first(gain.ticket))[gain.ticket.key] < before[gain.ticket.key]


def test_it_stands_behind_the_higher_tiers_and_before_its_own() -> None:
    line = Line((ticket(1, 1, 1, rank=0.0), ticket(2, 9, 1), ticket(3, 8, 1), ticket(4, 30, 1, rank=2.0)), ONE)
    assert [t.key for t in line.with_first(line.tickets[2]).tickets] == [1, 3, 2, 4]
    assert [t.key for t in line.overtaken(line.tickets[2])] == [2]


# --- in the twin -----------------------------------------------------------------------------------------------------

DAY = ((500.0, 1080.0),)
WORK = {"cash": 5.0, "loan": 12.0, "wealth": 8.0}
TIERS = (twin.Tier("care", 0.1, 0, 8.0, 1.0, False), twin.Tier("vip", 0.1, 2, 12.0), twin.Tier("plain", 0.8, 4, 20.0))


def hall(waiting: list[tuple[int, str, str]], busy: list[bool], patience: float = 28.0) -> twin.State:
    """Two windows that do everything and one that lends; each busy or idle."""
    model = twin.BranchModel(
        tuple(twin.Service(code, twin.Duration(mean, 0.5)) for code, mean in WORK.items()),
        (twin.Counter("K1", tuple(WORK)), twin.Counter("K2", ("cash", "wealth")), twin.Counter("K3", ("loan",))),
        TIERS, balking=None, patience=twin.Duration(patience, 0.6),
    )  # fmt: skip
    people = [twin.Person(f"p{k}", tuple(WORK), DAY, (), f"K{k}") for k in (1, 2, 3)]
    does = {1: "cash", 2: "wealth", 3: "loan"}
    serving = [(f"K{k}", does[k], 599.0) for k, at_work in zip((1, 2, 3), busy, strict=True) if at_work]
    rates = dict.fromkeys(WORK, [3.0] * 20)
    return twin.state_from_live(
        model, twin.Staffing(tuple(people)), now=600.0, seed=1, in_service=serving, rates=rates,
        waiting=[(600.0 - minutes, service, tier) for minutes, service, tier in waiting],
    )  # fmt: skip


halls = some.builds(
    hall,
    some.lists(some.tuples(some.integers(0, 30), services, some.sampled_from(["care", "vip", "plain"])), max_size=12),
    some.lists(some.booleans(), min_size=3, max_size=3),
)


def queued(state: twin.State) -> list[int]:
    """Customers in the order in which a window that can do everything calls them."""
    rows, found = state.customer_rows(), []
    for service in range(len(WORK)):
        c = int(state.st[int(state.st[lay.O_QUEUE]) + service * lay.Q_WIDTH + lay.Q_HEAD])
        while c >= 0:
            found.append(c)
            c = int(rows[c, lay.C_NEXT])
    arrival = state.customers.arrival
    return sorted(found, key=lambda c: (rows[c, lay.C_PRIORITY], arrival[c], c))


@settings(max_examples=60, deadline=None)
@given(halls)
def test_on_random_halls_a_reorder_is_fair_and_the_twin_puts_the_ticket_where_the_rules_saw_it(
    state: twin.State,
) -> None:
    rules, before = advice.Rules(kinds=frozenset({"reorder"})), state.to_bytes()
    line = advice.Hall(state).line
    assert [t.key for t in line.tickets] == queued(state)
    for option in advice.options(state, rules)[1:]:
        assert option.ticket is not None and rules.fairness.refusal(line, option.ticket) == ""
    loose = advice.Fairness(places=9, spare=0.0, longer=90.0, late=True)
    for chosen in (t for t in line.tickets if not loose.refusal(line, t.key)):
        after = [t.key for t in line.with_first(chosen).tickets]
        put = twin.put_first(state, [chosen.key])
        assert queued(put) == [t.key for t in advice.Hall(put).line.tickets] == after
        assert loose.refusal(advice.Hall(put).line, chosen.key) == "twice"
        command = twin.SetPriority(600.0, int(chosen.rank) - 1, ticket=chosen.key)
        _, events = twin.advance(state, 600.001, [command])
        idle = any(w.free == 0 for w in line.windows)  # a free window calls before any order is heard
        assert idle or not [e for e in events if e["kind"] == twin.KIND["refused"]]
    advice.advise(state, seed=1, futures=4, rules=rules)
    assert state.to_bytes() == before


def test_a_ticket_put_first_and_one_ordered_first_are_called_alike() -> None:
    """All windows at work: the command of the option and the mark of the hall lead to the same day."""
    waiting = [(12, "wealth", "plain"), (11, "cash", "plain"), (3, "cash", "vip"), (2, "wealth", "care")]
    state = hall(waiting, [True] * 3, patience=900.0)
    ordered, _ = twin.advance(state, 900.0, [twin.SetPriority(600.0, 3, ticket=1)])
    marked, _ = twin.advance(twin.put_first(state, [1]), 900.0)
    plain, _ = twin.advance(state, 900.0)
    one, other, old = (s.customer_times()[:, lay.T_START] for s in (ordered, marked, plain))
    np.testing.assert_array_equal(one, other)
    assert one[1] < old[1]


def alone(waited: tuple[float, float], tiers: tuple[twin.Tier, ...] = TIERS) -> twin.State:
    """One window, at work since a minute; a loan and, behind it, cash have waited so long."""
    model = twin.BranchModel(
        tuple(twin.Service(code, twin.Duration(mean, 0.5)) for code, mean in WORK.items()),
        (twin.Counter("K1", tuple(WORK)),), tiers, balking=None,
    )  # fmt: skip
    person = twin.Person("p1", tuple(WORK), DAY, (), "K1")
    waiting = [(600.0 - minutes, service, "plain") for minutes, service in zip(waited, ("loan", "cash"), strict=True)]
    return twin.state_from_live(
        model, twin.Staffing.of(person), now=600.0, seed=1, waiting=waiting, in_service=[("K1", "cash", 599.0)]
    )


REORDER = advice.Rules(kinds=frozenset({"reorder"}))


def test_the_option_says_who_why_and_how_many_are_overtaken() -> None:
    (option,) = advice.options(alone((10.0, 9.0)), REORDER)[1:]
    assert (option.kind, option.ticket, option.why, option.amount, option.service) == (
        "reorder",
        1,
        "promise",
        1,
        "cash",
    )
    assert option.commands == (twin.SetPriority(600.0, 3, ticket=1),)
    assert (option.staff_minutes, option.moves) == (0.0, 0)


def test_without_a_free_rank_below_its_own_no_ticket_is_proposed() -> None:
    """It would go before everybody of the next tier who comes later."""
    tight = tuple(replace(t, priority=t.priority // 2) for t in TIERS)
    assert advice.options(alone((10.0, 9.0), tight), REORDER) == [advice.NOTHING]


def test_a_promise_told_with_the_ticket_counts_when_it_is_shorter() -> None:
    state = alone((3.0, 2.0))
    assert advice.options(state, REORDER) == [advice.NOTHING]  # 2 + 4 + 12 is within 20
    assert [o.ticket for o in advice.options(state, replace(REORDER, told={1: 15.0}))[1:]] == [1]
    assert advice.options(state, replace(REORDER, told={0: 12.0, 1: 15.0})) == [advice.NOTHING]  # 3 + 4 + 5 + 1


def test_somebody_likely_to_leave_may_be_taken_first() -> None:
    tiers = (*TIERS[:2], replace(TIERS[2], promise=60.0, patience_factor=0.5))  # patience 14 minutes on average
    (option,) = advice.options(alone((3.0, 2.0), tiers), REORDER)[1:]
    assert (option.ticket, option.why) == (1, "patience")


def test_tickets_are_found_again_in_futures_which_number_people_anew() -> None:
    """Who has left the branch keeps a number in the state, but has none in its futures."""
    state, _ = twin.advance(hall([(i, "loan", "plain") for i in range(1, 7)], [True] * 3, patience=900.0), 640.0)
    waiting = [t.key for t in advice.Hall(state).line.tickets]
    assert twin.inside(state).index(waiting[-1]) != waiting[-1]
    order = advice.Option("reorder", (twin.SetPriority(640.0, 3, ticket=waiting[-1]),), ticket=waiting[-1])
    found = advice.advise(state, [order], seed=3, futures=25)
    marked = advice.advise(twin.put_first(state, waiting[-1:]), [], seed=3, futures=25)
    chosen = next(s for s in found.standings if s.option == order)
    np.testing.assert_array_equal(chosen.values, marked.nothing.values)
    assert (chosen.values != found.nothing.values).any()
    left = next(c for c in range(6) if c not in twin.inside(state))
    with pytest.raises(twin.ModelError, match="is not in the branch"):
        advice.advise(state, [advice.Option("reorder", (twin.SetPriority(640.0, 3, ticket=left),))], seed=3)
