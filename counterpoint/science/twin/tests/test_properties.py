"""What must hold on every day: nobody vanishes, nothing depends on how the run is cut, commands work forward only."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.science import twin
from counterpoint.science.twin.tests.random_days import (
    random_commands,
    random_customers,
    random_model,
    random_staffing,
)

SEEDS = st.integers(0, 10**6)
few = settings(deadline=None, max_examples=25)


def random_day(seed, commands=8):
    """Every second day has all that the full model knows."""
    rng = np.random.default_rng(seed)
    model = random_model(rng, full=seed % 2 == 1)
    staffing = random_staffing(rng, model)
    customers = random_customers(rng, model)
    return twin.initial_state(model, staffing, customers), random_commands(rng, model, staffing, commands)


@few
@given(SEEDS)
def test_at_every_minute_arrived_is_gone_plus_inside(seed):
    state, commands = random_day(seed)
    pending, arrived = commands, 0
    for minute in np.arange(540.0, 720.0, 7.3):
        state, events = twin.advance(state, minute, pending)
        pending = []
        arrived += int((events["kind"] == twin.KIND["arrive"]).sum())
        counts = state.counts()
        assert arrived == len(state.customers) - counts["future"]
    state, _ = twin.advance(state, np.inf)
    assert not any(state.counts()[name] for name in twin.STATUS_NAMES[: twin.STATUS_NAMES.index("served")])


@few
@given(SEEDS, st.lists(st.floats(0, 800), max_size=6))
def test_a_run_cut_at_any_minutes_gives_the_same_events_and_state(seed, cuts):
    start, commands = random_day(seed)
    whole, events = twin.advance(start, 2000.0, commands)
    state, parts = start, []
    for cut in sorted(cuts):
        given_now = [c for c in commands if state.now <= c.minute < cut]
        state, part = twin.advance(state, cut, given_now)
        parts.append(part)
    state, part = twin.advance(state, 2000.0, [c for c in commands if c.minute >= state.now])
    together = np.concatenate([*parts, part])
    assert together.tobytes() == events.tobytes()
    assert (state.st == whole.st).all() and state.tm.tobytes() == whole.tm.tobytes()


@few
@given(SEEDS, st.floats(540, 700))
def test_a_saved_state_comes_back_equal_and_goes_on_the_same(seed, minute):
    state, commands = random_day(seed)
    state, _ = twin.advance(state, minute, [c for c in commands if c.minute < minute])
    back = twin.State.from_bytes(state.to_bytes())
    assert back == state and back.model == state.model and back.staffing == state.staffing
    assert twin.advance(back, np.inf)[1].tobytes() == twin.advance(state, np.inf)[1].tobytes()


@few
@given(SEEDS, st.floats(540, 660))
def test_a_fork_never_changes_the_original(seed, minute):
    state, commands = random_day(seed)
    state, _ = twin.advance(state, minute)
    before = state.to_bytes()
    twin.advance(state, np.inf, [c for c in commands if c.minute >= minute])
    twin.advance(state, np.inf, [twin.AddCustomers(minute, state.model.service_codes[0], 30)])
    twin.futures(state, 3, seed=1)
    assert state.to_bytes() == before


@few
@given(SEEDS)
def test_a_changed_decision_alters_nothing_before_it(seed):
    start, commands = random_day(seed)
    minute = 600.0
    early = [c for c in commands if c.minute < minute]
    more = [*early, twin.CloseCounter(minute, start.model.counter_codes[0]), twin.AddCustomers(minute, "S0", 9)]
    _, plain = twin.advance(start, np.inf, early)
    _, changed = twin.advance(start, np.inf, more)
    assert plain[plain["minute"] < minute].tobytes() == changed[changed["minute"] < minute].tobytes()


@few
@given(SEEDS)
def test_staff_serve_one_at_a_time_within_skill_shift_and_break(seed):
    start, commands = random_day(seed)
    end, events = twin.advance(start, np.inf, commands)
    frame = twin.events_frame(events, end)
    model, people = start.model, {p.code: p for p in start.staffing.people}
    busy, away, wanted = {}, set(people), {}
    for e in frame.itertuples():
        if e.kind in ("shift_start", "break_end"):
            away.discard(e.person)
        elif e.kind in ("shift_end", "break_start"):
            away.add(e.person)
            assert e.person not in busy.values(), "left a customer alone"
        elif e.kind == "join_queue":
            wanted[e.customer] = model.service_codes[e.place]
        elif e.kind == "start_service":
            code = wanted[e.customer]
            assert code in model.counters[e.place].services and code in people[e.person].skills
            assert e.person not in away and e.person not in busy.values() and e.place not in busy
            busy[e.place] = e.person
        elif e.kind in ("end_service", "form"):
            assert busy.pop(e.place) == e.person
    assert not busy


@few
@given(SEEDS)
def test_plans_meet_the_same_people(seed):
    rng = np.random.default_rng(seed)
    model = random_model(rng)
    plans = {name: random_staffing(rng, model) for name in ("a", "b")}
    rates = rng.uniform(0, 4, size=(len(model.services), 4))
    results = [twin.simulate(model, plan, rates, 3, seed=seed) for plan in plans.values()]
    columns = ["replication", "customer", "service", "tier", "arrival"]
    assert results[0].outcomes[columns].equals(results[1].outcomes[columns])


@few
@given(SEEDS, st.integers(1, 6))
def test_a_batch_is_its_days_one_by_one_however_split(seed, cut):
    rng = np.random.default_rng(seed)
    model = random_model(rng, full=seed % 2 == 1)
    staffing = random_staffing(rng, model)
    rates = rng.uniform(0, 4, size=(2, len(model.services), 4))
    commands = [*random_commands(rng, model, staffing, 4), twin.AddCustomers(580.0, "S0", 7, 20.0)]
    kept = {"seed": seed, "commands": commands}
    whole = twin.simulate(model, staffing, rates, 7, **kept)
    halves = [
        twin.simulate(model, staffing, rates, cut, **kept),
        twin.simulate(model, staffing, rates, 7 - cut, first_replication=cut, **kept),
    ]
    assert whole.times.tobytes() == b"".join(half.times.tobytes() for half in halves)
    assert whole.codes.tobytes() == b"".join(half.codes.tobytes() for half in halves)
    for number in (0, 3):
        day = twin.run_day(model, staffing, twin.replication(model, rates, number, seed=seed), commands)
        mine = whole.codes[:, 0] == number
        assert day.result.times.tobytes() == whole.times[mine].tobytes()
        assert (day.result.codes[:, 1:] == whole.codes[mine][:, 1:]).all()
        assert (day.result.by_person[0] == whole.by_person[number]).all()


@few
@given(SEEDS, st.integers(1, 3))
def test_another_counter_lets_nobody_wait_longer(seed, servers):
    """One class, first come first served, nobody leaves: each customer's own wait can only fall."""
    model = twin.BranchModel(
        (twin.Service("S", twin.Duration(6.0)),),
        tuple(twin.Counter(f"K{i}", ("S",)) for i in range(servers + 1)),
        patience=None,
        balking=None,
        close_minute=660.0,
        overrun_minutes=10_000.0,
    )
    customers = twin.draw_customers(model, [[8.0 * servers] * 4], seed=seed)
    waits = [
        twin.run_day(model, twin.one_person_a_counter(model, n), customers).result.times[:, 1]
        for n in (servers, servers + 1)
    ]
    assert (waits[1] <= waits[0] + 1e-9).all()


@few
@given(SEEDS, st.floats(1.0, 2.0))
def test_a_higher_rate_adds_people_and_changes_nobody(seed, factor):
    model = random_model(np.random.default_rng(seed))
    rates = np.full((len(model.services), 4), 3.0)
    fewer, more = (twin.draw_customers(model, rates * f, seed=seed) for f in (1.0, factor))
    rows = {tuple(who): tuple(draws) for who, draws in zip(more.who, more.draws, strict=True)}
    assert all(rows[tuple(who)] == tuple(draws) for who, draws in zip(fewer.who, fewer.draws, strict=True))
