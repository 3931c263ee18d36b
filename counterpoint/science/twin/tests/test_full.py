"""What a turn can meet beyond plain work: days worked out by hand, and laws that other theories know."""

import numpy as np
import pytest

from counterpoint.science import queueing, twin
from counterpoint.science.twin.kernel import layout as lay
from counterpoint.science.twin.tests.by_hand import branch, day, fixed, staff, times
from counterpoint.science.twin.tests.random_days import (
    random_commands,
    random_customers,
    random_model,
    random_staffing,
)
from counterpoint.science.twin.tests.reference_chance import LATER, later_draws


def test_walking_and_set_up_come_before_the_work():
    counters = (twin.Counter("K0", ("A", "B"), walk=0.5),)
    model = branch(twin.Service("A", fixed(4)), twin.Service("B", fixed(3)), counters=counters, switch_minutes=2.0)
    _, events = day(model, [(10, "A"), (10, "B"), (10, "B")])
    assert times(events, "start_service") == [10, 14.5, 20]  # B after A is set up once
    assert times(events, "end_service") == [14.5, 20, 23.5]


def test_a_hand_off_queues_in_the_old_order_and_counts_as_one_customer():
    model = branch(
        twin.Service("A", fixed(4), onward="B"), twin.Service("B", fixed(6)),
        counters=(twin.Counter("K0", ("A",)), twin.Counter("K1", ("B",))),
    )  # fmt: skip
    done, events = day(model, [(0, "A"), (1, "A"), (2, "B")])
    assert [e for e in events if e[1] == "start_service"] == [
        (0, "start_service", 0), (2, "start_service", 2), (4, "start_service", 1), (8, "start_service", 0),
        (14, "start_service", 1),
    ]  # fmt: skip
    assert done.state.counts()["served"] == 3
    waited = done.result.times[:, 1]
    assert waited.tolist() == [4, 9, 0]  # 0 waits 4..8; 1 waits 1..4 and 8..14


def test_who_is_handed_on_overtakes_nobody_even_at_the_same_counter():
    tiers = (twin.Tier("vip", 0.5, 0), twin.Tier("normal", 0.5, 1))
    model = branch(twin.Service("A", fixed(4), onward="B"), twin.Service("B", fixed(6)), tiers=tiers)
    _, events = day(model, [(0, "A", "normal"), (1, "B", "vip"), (2, "B", "normal")])
    # at 4 the first waits for B in the old place (arrived at 0): behind the VIP, before the other
    assert [(m, c) for m, kind, c in events if kind == "start_service"] == [(0, 0), (4, 1), (10, 0), (16, 2)]


def test_a_ticket_is_told_its_next_call_not_the_desks_after():
    model = branch(
        twin.Service("A", fixed(4), onward="B", form=fixed(9), form_share=1.0), twin.Service("B", fixed(6)),
        counters=(twin.Counter("K0", ("A",)), twin.Counter("K1", ("B",))),
    )  # fmt: skip
    state = twin.state_from_live(
        model, staff("K0", "K1"), now=10.0, seed=1, waiting=[(9.0, "A")], in_service=[("K0", "A", 8.0)]
    )
    found = twin.eta(state, 0, seed=1, n=20)
    assert found.called == 20 and found.p20 == found.p80 == 2.0


def test_who_is_busy_now_is_busy_from_now_on():
    model = branch(twin.Service("A", fixed(30)))
    state = twin.state_from_live(model, staff("K0", skills=("A",)), now=20.0, seed=1, in_service=[("K0", "A", 0.0)])
    table = twin.futures(state, 5, seed=1, until=30.0).utilisation().set_index("what")
    assert table.loc["person", "busy_minutes"] == table.loc["counter", "busy_minutes"] == 10


def test_a_visit_goes_to_three_desks_at_most():
    model = branch(twin.Service("A", fixed(1), onward="A"))
    done, events = day(model, [(0, "A")])
    assert times(events, "end_service") == [1, 2, 3] and done.state.counts()["served"] == 1


def test_a_form_frees_the_counter_and_what_is_done_stays_done():
    model = branch(twin.Service("A", fixed(8), form=fixed(5), form_share=1.0))
    _, events = day(model, [(0, "A"), (0, "A")])
    # 0: 0..2, form until 7; 1: 2..4, form until 9; then 7..13 and 13..19
    assert times(events, "form") == [2, 4]
    assert times(events, "start_service") == [0, 2, 7, 13] and times(events, "end_service") == [13, 19]


HELP = twin.Help(fixed(1), fixed(5))


@pytest.mark.parametrize(
    ("posts", "ends"),
    [
        (("K0", "K1", "desk"), [5, 6]),  # one comes to both, one after the other
        (("K0", "K1", "desk", "desk"), [5, 5]),
        (("K0", "K1"), [9, 9]),  # from afar
    ],
)
def test_an_authorisation_waits_for_the_duty_desk_or_is_given_from_afar(posts, ends):
    model = branch(twin.Service("A", fixed(4), authorised=1.0), counters=2, authorisation=HELP)
    _, events = day(model, [(0, "A"), (0, "A")], staff(*posts, skills=("A",)))
    assert times(events, "end_service") == ends


def test_those_who_wait_for_a_desk_that_empties_go_on_from_afar():
    model = branch(twin.Service("A", fixed(4), authorised=1.0), counters=2, authorisation=twin.Help(fixed(3), fixed(5)))
    people = staff("K0", "K1", "desk", skills=("A",))
    _, events = day(model, [(0, "A"), (0, "A")], people, [twin.MovePerson(5.0, "p2", None)])
    # the first is finished before the move; the second, still asked for at 7, goes on alone
    assert times(events, "end_service") == [7, 12]


def test_a_lobby_manager_lends_a_hand_at_the_device_before_greeting_the_next():
    model = branch(
        twin.Service("A", fixed(4), device="m", self_service=fixed(3), divertible=1.0, fallback=0.0, assisted=1.0),
        devices=(twin.Device("D0", "m", walk=0.5), twin.Device("D1", "m")), uptake=1.0,
        assistance=twin.Help(fixed(2), fixed(7)), triage=twin.Triage(fixed(1), 1.0),
    )  # fmt: skip
    _, events = day(model, [(0, "A"), (0, "A"), (4, "A")], staff("lobby", skills=("A",)))
    # 0 greeted 0..1, D0 1..4.5; 1 greeted 1..2, D1 2..5; 2 greeted 4..5, both devices ask meanwhile: D0 5..7, D1 7..9
    assert [e for e in events if e[1] == "help_start"][:2] == [(5, "help_start", 0), (7, "help_start", 1)]
    assert times(events, "device_end")[:2] == [7, 9]
    _, alone = day(model, [(0, "A")], staff("K0", skills=("A",)))
    assert times(alone, "device_end") == [10.5]  # nobody in the lobby: found out alone


def test_a_task_of_two_begins_when_both_are_free():
    model = branch(twin.Service("A", fixed(4)), counters=2)
    _, events = day(
        model, [(0, "A"), (1, "A"), (1, "A")], staff("K0", "K1", skills=("A",)), [twin.StartTask(2.0, "p0", "p1", 10.0)]
    )
    assert times(events, "task_start") == [5] and times(events, "break_end") == [15, 15]
    assert times(events, "start_service") == [0, 1, 15]
    _, alone = day(model, [(0, "A")], commands=[twin.StartTask(2.0, "p1", "p1", 10.0)])
    assert times(alone, "refused") == [2]


def test_who_waits_for_a_partner_that_goes_home_goes_back_to_work():
    model = branch(twin.Service("A", fixed(20)), counters=2)
    people = twin.Staffing.of(
        twin.Person("p0", ("A",), ((0.0, 10.0),), (), "K0"), twin.Person("p1", ("A",), ((0.0, 480.0),), (), "K1")
    )
    _, events = day(model, [(0, "A"), (12, "A")], people, [twin.StartTask(2.0, "p0", "p1", 5.0)])
    # p0 serves 0..20 and goes home then (the shift ended at 10); p1 waits from 2 to 20
    assert times(events, "task_start") == [] and times(events, "break_end") == [20]
    assert times(events, "start_service") == [0, 20]


def test_a_till_is_filled_up_and_an_empty_vault_pays_nobody():
    cash = twin.Cash(till=10, vault=9, refill_minutes=3)
    model = branch(
        twin.Service("A", fixed(4), cash=fixed(6)), twin.Service("B", fixed(2), cash=fixed(6), pays_in=True), cash=cash
    )
    done, events = day(model, [(0, "A"), (0, "A"), (0, "A"), (0, "A"), (30, "B"), (40, "A")])
    # 10 - 6 = 4; + 6 from the vault - 6 = 4; + 3, all that is left, is 7 - 6 = 1; the fourth is not paid; 7; 1
    assert times(events, "refill") == [4, 11, 18]
    assert times(events, "end_service") == [4, 11, 18, 22, 32, 44]  # the fourth is told after a quarter of the work
    assert done.state.counts()["no_cash"] == 1 and done.state.counts()["served"] == 5


def test_who_is_not_paid_or_fills_in_a_form_stands_in_no_queue():
    model = branch(twin.Service("A", fixed(8), cash=fixed(6)), cash=twin.Cash(till=0, vault=0, refill_minutes=0))
    done, _ = day(model, [(0, "A"), (0, "A")])
    assert done.state.counts()["no_cash"] == 2
    assert done.result.queue_path(1.0, end=6.0)["mean"].tolist() == [1, 1, 0, 0, 0, 0]  # turned away at 2 and 4
    assert done.summary()["wait_mean"] == 1  # called at 0 and 2
    model = branch(twin.Service("A", fixed(8), form=fixed(5), form_share=1.0))
    state = twin.initial_state(
        model, staff("K0", skills=("A",)), twin.draw_customers(model, arrivals=[(0, "A")], seed=1)
    )
    aside, _ = twin.advance(state, 4.0)
    assert aside.counts()["filling"] == 1
    assert twin.outcome(aside).queue_path(1.0, end=4.0)["mean"].tolist() == [0, 0, 0, 0]


def test_help_under_way_for_long_goes_on_beyond_now_in_every_future():
    long = twin.Duration(2.0, 1.0)
    model = branch(twin.Service("A", fixed(4), authorised=1.0), authorisation=twin.Help(long, long))
    customers = twin.draw_customers(model, arrivals=[(0, "A"), (1, "A")], seed=1)
    state = twin.initial_state(model, staff("K0", "desk", skills=("A",)), customers)
    for seed in range(3, 300):  # somebody whose authorisation takes long
        customers = twin.draw_customers(model, arrivals=[(0, "A"), (1, "A")], seed=seed)
        state, _ = twin.advance(twin.initial_state(model, staff("K0", "desk", skills=("A",)), customers), 8.0)
        if state.counts()["at_counter"] == 1 and state.counts()["waiting"] == 1:
            break
    found = twin.futures(state, 200, seed=1)
    assert (found.times[:, 3] > 8.0).all()  # the second is called when the help is over, never at this very minute


def test_older_customers_take_longer():
    tiers = (twin.Tier("senior", 1.0, work_factor=1.5),)
    _, events = day(branch(twin.Service("A", fixed(4)), tiers=tiers), [(0, "A")])
    assert times(events, "end_service") == [6]


def test_people_work_faster_when_tickets_wait():
    model = branch(twin.Service("A", fixed(6)), pace=(1.0, 1.5, 2.0))
    _, events = day(model, [(0, "A"), (1, "A"), (2, "A"), (3, "A")])
    # the first begins with nobody waiting, then two wait, one waits, nobody waits
    assert times(events, "end_service") == [6, 9, 13, 19]


def test_who_reads_the_wait_and_knows_better_leaves_at_once():
    model = branch(twin.Service("A", fixed(10)), patience=fixed(15), balking=twin.Balking(ahead=99, announced=1.0))
    _, events = day(model, [(0, "A"), (1, "A"), (2, "A"), (3, "A")])
    assert [c for _, kind, c in events if kind == "balk"] == [3]  # 20 minutes shown; the third sees 10 and stays
    assert [c for _, kind, c in events if kind == "abandon"] == [2]


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.3, 1.0])
def test_two_desks_in_a_row_are_two_queues_of_their_own(share):
    """Jackson 1957: with exponential work the second desk is an M/M/c with the arrivals that are handed on."""
    minutes, rate = 60_000.0, 0.8
    model = twin.BranchModel(
        (
            twin.Service("A", twin.Duration(2.0, shape="exponential"), onward="B", onward_share=share),
            twin.Service("B", twin.Duration(1.5, shape="exponential")),
        ),
        (*(twin.Counter(f"A{i}", ("A",)) for i in range(2)), *(twin.Counter(f"B{i}", ("B",)) for i in range(2))),
        patience=None, balking=None, open_minute=0.0, close_minute=minutes, overrun_minutes=1e6,
    )  # fmt: skip
    rates = np.zeros((2, 60))
    rates[0] = rate * minutes / 60
    result = twin.simulate(model, twin.one_person_a_counter(model), rates, 20, seed=5, interval_minutes=minutes / 60)
    waits = np.array([result.times[result.codes[:, 0] == r, 1].mean() for r in range(20)])
    first = queueing.solve(queueing.Queue(rate, 1 / 2.0, 2)).mean_wait
    second = queueing.solve(queueing.Queue(rate * share, 1 / 1.5, 2)).mean_wait
    expected = first + share * second
    assert waits.mean() == pytest.approx(expected, abs=3.5 * waits.std(ddof=1) / np.sqrt(20))


def test_a_device_is_down_as_often_as_renewal_theory_says():
    """Of a long day a device is down repair / (between + repair)."""
    device = twin.Device("D0", "m", between_failures=50.0, repair=twin.Duration(10.0, 0.7))
    model = branch(
        twin.Service("A", fixed(1), device="m", self_service=fixed(1), divertible=1.0),
        devices=(device,),
        close_minute=400_000.0,
    )
    done, _ = day(model, [])
    minute = done.events["minute"]
    fails = minute[done.events["kind"] == twin.KIND["fail"]]
    repairs = minute[done.events["kind"] == twin.KIND["repair"]]
    down = repairs - fails[: len(repairs)]
    assert len(fails) == pytest.approx(400_000 / 60, rel=0.05)
    assert down.sum() / minute.max() == pytest.approx(10 / 60, rel=0.05)


def test_a_repaired_device_serves_again_and_one_switched_off_does_not_fail():
    device = twin.Device("D0", "m", between_failures=30.0, repair=fixed(10))
    model = branch(twin.Service("A", fixed(1), device="m", self_service=fixed(1), divertible=1.0), devices=(device,))
    _, events = day(model, [], commands=[twin.DeviceDown(0.0, "D0")])
    assert times(events, "fail") == []
    _, events = day(model, [(float(t), "A") for t in range(470)])
    fails, repairs = times(events, "fail"), times(events, "repair")
    assert fails and [f + 10 for f in fails][: len(repairs)] == pytest.approx(repairs)
    down = [(a, b) for a, b in zip(fails, [*repairs, np.inf], strict=False)]
    assert not any(a <= t < b for t in times(events, "device_start") for a, b in down)


@pytest.mark.parametrize("seed", range(0, 40, 2))
def test_no_cash_is_made_or_lost(seed):
    """Tills and vault at the end are what was there, less what was paid out, plus what was paid in."""
    rng = np.random.default_rng(seed)
    model = random_model(rng, full=True)
    if model.cash is None:
        return
    staffing, customers = random_staffing(rng, model), random_customers(rng, model)
    done = twin.run_day(model, staffing, customers, random_commands(rng, model, staffing, 6))
    later, legs, asked, moved = later_draws(model, staffing, customers), {}, {}, 0.0
    broke = {int(c) for c in np.flatnonzero(done.state.statuses() == lay.NO_CASH)}
    final = {}
    for e in done.events:
        kind, c = twin.EVENT_NAMES[e["kind"]], int(e["customer"])
        if kind == "join_queue":
            asked[c] = model.services[e["place"]]
        elif kind == "end_service":
            leg = legs.setdefault(c, 0)
            legs[c] = leg + 1
            final[c] = (asked[c], leg)
            if asked[c].cash:
                amount = later(c, asked[c], leg)[LATER.index("cash")]
                moved += amount if asked[c].pays_in else -amount
    for c in broke:
        service, leg = final[c]
        moved += later(c, service, leg)[LATER.index("cash")]
    st, tm = done.state.st, done.state.tm
    tills = sum(tm[st[lay.F_COUNTER] + k * lay.KF_WIDTH + lay.KF_CASH] for k in range(len(model.counters)))
    begun = model.cash.vault + model.cash.till * len(model.counters)
    assert tills + tm[lay.VAULT] == pytest.approx(begun + moved)


def test_models_say_what_cannot_be():
    with pytest.raises(twin.ModelError, match="how long the form takes"):
        twin.Service("A", fixed(1), form_share=0.5)
    with pytest.raises(twin.ModelError, match="how long a repair takes"):
        twin.Device("D", "m", between_failures=10.0)
    with pytest.raises(twin.ModelError, match="no service here"):
        branch(twin.Service("A", fixed(1), onward="Z"))
    with pytest.raises(twin.ModelError, match="walk must be"):
        twin.Counter("K", ("A",), walk=-1.0)
    with pytest.raises(twin.ModelError, match="longer than 0"):
        day(branch(twin.Service("A", fixed(1))), [], commands=[twin.StartTask(1.0, "p1", "p1", 0.0)])
