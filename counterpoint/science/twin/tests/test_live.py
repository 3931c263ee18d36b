"""Starting in the middle of a day: estimates against an independent brute force, and against the day itself."""

import numpy as np
import pytest

from counterpoint.science import twin

HALL = twin.BranchModel(
    (twin.Service("S", twin.Duration(6.0, 0.6)), twin.Service("L", twin.Duration(20.0, 0.4))),
    (twin.Counter("K1", ("S",)), twin.Counter("K2", ("S", "L"))),
    (twin.Tier("normal", 0.9, 1), twin.Tier("vip", 0.1, 0)),
    patience=None,
    balking=None,
)
TEAM = twin.one_person_a_counter(HALL)


def live(**changes):
    waiting = [(600.0 + i, "S") for i in range(6)]
    kept = {"now": 612.0, "seed": 4, "waiting": waiting, "in_service": [("K1", "S", 609.0), ("K2", "L", 592.0)]}
    return twin.state_from_live(HALL, TEAM, **{**kept, **changes})


def beyond(rng, mean, cv, elapsed, size):
    """Log-normal totals above ``elapsed``, by plain rejection."""
    sigma = np.sqrt(np.log1p(cv**2))
    out = np.empty(0)
    while out.size < size:
        draw = rng.lognormal(np.log(mean) - sigma**2 / 2, sigma, size * 20)
        out = np.concatenate([out, draw[draw > elapsed]])
    return out[:size]


def test_estimates_agree_with_brute_force():
    """Six tickets before two counters in service since 3 and 20 minutes; the sixth is called when five have been."""
    rng, n = np.random.default_rng(1), 20_000
    first = beyond(rng, 6.0, 0.6, 3.0, n) - 3.0
    second = beyond(rng, 20.0, 0.4, 20.0, n) - 20.0
    free = np.sort(np.stack([first, second], axis=1), axis=1)
    for _ in range(5):
        free[:, 0] += beyond(rng, 6.0, 0.6, 0.0, n)
        free.sort(axis=1)
    answer = twin.eta(live(), 5, seed=3, n=4000)
    assert answer.called == answer.n == 4000
    assert answer.mean == pytest.approx(free[:, 0].mean(), rel=0.03)
    for share, minutes in ((0.2, answer.p20), (0.5, answer.p50), (0.8, answer.p80)):
        assert minutes == pytest.approx(np.quantile(free[:, 0], share), rel=0.05)


def test_a_ticket_further_back_waits_longer():
    answers = [twin.eta(live(), i, seed=3).mean for i in range(6)]
    assert answers == sorted(answers)


def test_a_vip_ticket_is_called_first():
    state = live(waiting=[(600.0, "S"), (611.0, "S", "vip")])
    assert twin.eta(state, 1, seed=3).mean < twin.eta(state, 0, seed=3).mean


def test_those_to_come_count_when_rates_are_known_and_only_then():
    busy = np.full((2, 16), [[2.0], [8.0]])
    state = live(waiting=[(600.0, "L")], rates=busy)
    quiet = live(waiting=[(600.0, "L")])
    assert len(state.customers) > len(quiet.customers) == 3
    assert state.customers.arrival[3:].min() >= 612.0
    assert twin.eta(state, 0, seed=3).mean > twin.eta(quiet, 0, seed=3).mean, "later VIPs go first"
    later = twin.futures(state, 50, seed=3, until=672.0)
    assert later.kpis["arrivals"].mean() == pytest.approx(1 + 20, rel=0.15)


def test_a_command_shortens_the_estimate():
    closed = live(open_counters=["K1"], in_service=[("K1", "S", 609.0)])
    slow = twin.eta(closed, 5, seed=3)
    fast = twin.eta(closed, 5, seed=3, commands=[twin.OpenCounter(613.0, "K2")])
    assert fast.p80 < slow.p80


def test_futures_leave_the_state_as_it_was_and_repeat():
    state = live(rates=np.full((2, 16), 3.0))
    before = state.to_bytes()
    one, two = (twin.futures(state, 20, seed=9, until=680.0) for _ in range(2))
    assert state.to_bytes() == before and one.times.tobytes() == two.times.tobytes()
    assert twin.State.from_bytes(before) == state


def test_patience_left_is_drawn_given_the_minutes_already_waited():
    patient = twin.BranchModel(
        HALL.services, HALL.counters, HALL.tiers, patience=twin.Duration(10.0, 0.5), balking=None
    )
    waiting = [(590.0 + i / 10, "S") for i in range(60)]
    state = twin.state_from_live(patient, TEAM, now=612.0, seed=1, waiting=waiting)
    assert (state.customers.patience >= 612.0 - state.customers.arrival - 1e-9).all()


def test_a_live_start_calls_waiting_tickets_to_free_counters_at_once():
    state = live(in_service=[])
    _, events = twin.advance(state, 612.1)
    started = events[events["kind"] == twin.KIND["start_service"]]
    assert started["customer"].tolist() == [0, 1] and set(started["minute"]) == {612.0}


def test_people_sit_where_they_are_posted_or_are_on_break():
    team = twin.Staffing.of(
        twin.Person("Mei", ("S",), breaks=((600.0, 30.0),), post="K1"),
        twin.Person("Sun", ("S", "L"), post=None),
    )
    state = twin.state_from_live(HALL, team, now=612.0, seed=1, waiting=[(600.0, "S")] * 3, posts={"Sun": "K2"})
    _, events = twin.advance(state, 700.0)
    frame = twin.events_frame(events, state)
    served = frame[frame.kind == "start_service"]
    assert served.iloc[0].person == "Sun"
    assert (served[served.person == "Mei"].minute >= 630.0).all()


def test_mistakes_are_named():
    with pytest.raises(twin.ModelError, match="nobody on duty sits there"):
        live(now=300.0, waiting=[], in_service=[("K1", "S", 290.0)])
    with pytest.raises(twin.ModelError, match="Unknown service 'X'"):
        live(waiting=[(600.0, "X")])
    with pytest.raises(twin.ModelError, match="two customers"):
        live(in_service=[("K1", "S", 609.0), ("K1", "S", 610.0)])
    with pytest.raises(twin.ModelError, match="holds no waiting ticket"):
        twin.eta(live(), 6, seed=1)
    with pytest.raises(twin.ModelError, match="shut"):
        live(now=1200.0)


def test_estimates_from_a_simulated_day_cover_what_then_happens():
    """P20 to P80 of many tickets of simulated days holds their real wait about six times in ten."""
    branch = twin.demo_branch(seed=2, size="small")
    model = twin.BranchModel.from_json(branch.model.to_json())
    hits, tickets = 0, 0
    for number in range(80):
        customers = twin.replication(model, branch.rates, number, seed=21)
        state = twin.initial_state(model, branch.staffing, customers)
        state, _ = twin.advance(state, 640.0)
        end, _ = twin.advance(state, np.inf)
        for ticket in state.waiting()[:3]:
            start = end.customer_times()[ticket, 4]
            if np.isnan(start) or start < state.now:
                continue
            answer = twin.eta(state, ticket, seed=number, n=100, rates=branch.rates)
            hits += answer.p20 <= start - state.now <= answer.p80
            tickets += 1
    assert tickets > 60
    assert 0.45 < hits / tickets < 0.75
