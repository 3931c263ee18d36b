"""Another decision: nothing before it changes, the same people meet both, and what comes is what would have come."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.science import replay, twin
from counterpoint.science.replay import unknown
from counterpoint.science.replay.datasets import COUNTERS, PEOPLE
from counterpoint.science.replay.tests.days import lived, own_day, written_down


def decision(rng, at):
    """Something that somebody could have decided at or after a minute."""
    later = at + float(rng.choice([0.0, 0.5, 20.0]))
    person, counter = str(rng.choice(PEOPLE)), str(rng.choice(list(COUNTERS)))
    made = (
        replay.Event(later, "open", counter=counter, person=person), replay.Event(later, "close", counter=counter),
        replay.Event(later, "post", person=person, what="back_office"),
        replay.Event(later, "break", person=person, value=20.0),
        replay.Event(later, "share", what="transfer", value=0.9),
        replay.Event(later, "rank", what="vip", value=-1), replay.Event(later, "down", what="m1"),
    )  # fmt: skip
    return made[rng.integers(len(made))]


@given(seed=st.integers(0, 400), chance=st.integers(0, 2**30))
@settings(deadline=None, max_examples=40)
def test_nothing_before_a_changed_decision_changes(seed, chance):
    rng = np.random.default_rng(chance)
    day = lived(seed)
    at = float(rng.uniform(539, day.recorded.until))
    change = replay.Change((decision(rng, at), decision(rng, at)))
    real = replay.replay(day, seed=5).day.events
    for one in (replay.NOTHING, change):
        events = replay.changed(day, at, one, seed=5).run(0, log=True).events
        assert events[events["minute"] < at].tobytes() == real[real["minute"] < at].tobytes()
        assert (np.diff(events["minute"]) >= 0).all()


@given(seed=st.integers(0, 400), chance=st.integers(0, 2**30))
@settings(deadline=None, max_examples=25)
def test_everybody_who_came_is_somewhere_and_the_same_people_come(seed, chance):
    rng = np.random.default_rng(chance)
    day = lived(seed)
    at = float(rng.uniform(540, day.recorded.until))
    fork = replay.changed(day, at, replay.Change((decision(rng, at),)), seed=3)
    state = fork.run(4).state
    counts = state.counts()
    assert sum(counts.values()) == len(day.legs)
    assert counts["turned_away"] == counts["balked"] == counts["future"] == 0
    assert state.customers.arrival.tolist() == [leg.arrival for leg in day.legs]
    if day.recorded.closed:
        assert counts["waiting"] == counts["at_counter"] == 0
    again = fork.run(4).state
    assert again.to_bytes() == state.to_bytes()


def test_the_future_of_a_fork_is_the_day_that_really_came_with_that_decision():
    """Two answers: a day of the twin with a window opened at 10:00, and the fork of the day without it."""
    order = (twin.OpenCounter(600.0, "3"), twin.MovePerson(600.0, "p3", "3"))
    for seed in range(12):
        plain, truth = own_day(seed), own_day(seed, order)
        day = replay.scenario(written_down(plain), plain.state.model)
        assert day.turnaround == pytest.approx(0.0, abs=1e-6)
        change = replay.Change((replay.Event(600.0, "open", counter="3", person="p3"),))
        came = replay.changed(replace(day, turnaround=0.0), 600.0, change, seed=1).run(0).result
        number = {leg.ticket: i for i, leg in enumerate(day.legs)}
        rows = [number[f"c{c}"] for c in range(len(truth.state.customers))]
        assert came.times[rows, 3] == pytest.approx(truth.result.times[:, 3], abs=1e-5)
        assert came.times[rows, 4] == pytest.approx(truth.result.times[:, 4], abs=1e-5)
        assert not np.allclose(truth.result.times[:, 3], plain.result.times[:, 3]), "the decision mattered"


def test_without_a_decision_that_was_made_the_day_is_the_one_before_it_was_made():
    order = (twin.OpenCounter(600.0, "3"), twin.MovePerson(600.0, "p3", "3"))
    opened = replay.Event(600.0, "open", counter="3", person="p3")
    with_it, without_it = own_day(3, order), own_day(3)
    day = replay.scenario(written_down(with_it, (opened,)), with_it.state.model)
    position = day.recorded.events.index(opened)
    fork = replay.changed(replace(day, turnaround=0.0), day.minutes[position], replay.without(day, position), seed=1)
    rows = [{leg.ticket: i for i, leg in enumerate(day.legs)}[f"c{c}"] for c in range(len(without_it.state.customers))]
    assert fork.run(0).result.times[rows, 3] == pytest.approx(without_it.result.times[:, 3], abs=1e-5)


def test_automatic_calling_without_a_change_repeats_an_automatic_day():
    plain = own_day(5)
    day = replace(replay.scenario(written_down(plain), plain.state.model), turnaround=0.0)
    for at in (545.0, 600.0, 655.0):
        result = replay.changed(day, at, seed=1).run(0).result
        wanted = [plain.result.times[int(leg.ticket[1:]), 3] for leg in day.legs]
        assert result.times[:, 3] == pytest.approx(wanted, abs=1e-5)


def test_what_lies_before_the_fork_cannot_be_decided_otherwise():
    day = lived(1)
    with pytest.raises(twin.ModelError, match="what has happened stays"):
        replay.changed(day, 600.0, replay.Change((replay.Event(599.0, "close", counter="1"),)), seed=1)
    with pytest.raises(twin.ModelError, match="what has happened stays"):
        replay.changed(day, 600.0, replay.without(day, day.recorded.decisions()[0]), seed=1)
    with pytest.raises(twin.ModelError, match="nothing that somebody decides"):
        replay.changed(day, 600.0, replay.Change((replay.Event(600.0, "take", ticket="T001"),)), seed=1)
    with pytest.raises(twin.ModelError, match="known up to minute"):
        replay.changed(day, 2000.0, seed=1)
    nowhere = replay.Change((replay.Event(600.0, "open", counter="99", person="bo"),))
    with pytest.raises(twin.ModelError, match="Unknown counter"):
        replay.changed(day, 600.0, nowhere, seed=1)
    with pytest.raises(twin.ModelError, match="no decision"):
        replay.without(day, next(i for i, e in enumerate(day.recorded.events) if e.kind == "take"))


def test_a_break_moved_begins_then_and_its_end_goes_with_it():
    for seed in range(40):
        day = lived(seed)
        events = day.recorded.events
        found = [i for i in day.recorded.decisions() if events[i].kind == "break"]
        ended = [i for i in found if len(replay.without(day, i).without) == 2]
        if ended:
            break
    change = replay.moved_break(day, ended[0], events[ended[0]].minute + 10)
    start, back = change.events
    assert (start.kind, back.kind, len(change.without)) == ("break", "back", 2)
    real = [events[i].minute for i in sorted(change.without)]
    assert start.minute == pytest.approx(real[0] + 10)
    assert back.minute == pytest.approx(real[1] + 10)
    everything = replay.sequence([change, replay.Change((), frozenset({0}))])
    assert everything.without == change.without | {0} and everything.events == change.events


@pytest.mark.parametrize("shape", ["lognormal", "exponential", "fixed"])
def test_durations_beyond_what_was_seen_agree_with_rejection(shape):
    law, rng = twin.Duration(10.0, 0.7, shape), np.random.default_rng(4)
    n = 200_000
    table = np.repeat(np.array([law.law()]), n, axis=0)
    for seen in (0.0, 6.0, 15.0):
        found = unknown.beyond(table, np.full(n, seen), rng.random(n))
        sigma = np.sqrt(np.log1p(0.49))
        draws = {
            "lognormal": rng.lognormal(np.log(10) - sigma**2 / 2, sigma, 10 * n),
            "exponential": rng.exponential(10, 10 * n),
            "fixed": np.full(n, max(10.0, seen)),
        }[shape]  # fmt: skip
        kept = draws[draws >= seen]
        assert np.quantile(found, [0.1, 0.5, 0.9]) == pytest.approx(np.quantile(kept, [0.1, 0.5, 0.9]), rel=0.02)
        assert found.min() >= seen


def test_what_was_seen_stands_in_every_draw_and_the_rest_differs():
    day = lived(6)
    draws = unknown.Draws(day, seed=9)
    one, two = draws.table(0).draws, draws.table(1).draws
    for i, leg in enumerate(day.legs):
        if leg.call is not None and leg.end is not None:
            assert one[i, 2] == two[i, 2] == pytest.approx(leg.end - leg.call)
            assert not leg.first or (one[i, 1] > leg.waited and one[i, 1] != two[i, 1])
        if leg.reason == "abandoned":
            assert one[i, 1] == two[i, 1] == pytest.approx(leg.gone - leg.arrival)
    assert unknown.Draws(day, seed=9).table(1).draws.tobytes() == two.tobytes()
    assert unknown.Draws(day, seed=10).table(1).draws.tobytes() != two.tobytes()


def test_a_larger_share_guided_to_machines_takes_people_from_the_windows_and_a_smaller_one_nobody():
    day = replay.scenario(replay.recorded_day(2, trouble=0.0, rate=1.0), replay.datasets.branch())
    real = replay.standing_at(day.recorded, 570.0).shares.get("transfer", 0.0)
    for share, some in ((0.95, True), (max(0.0, real - 0.1), False)):
        change = replay.Change((replay.Event(570.0, "share", what="transfer", value=share),))
        assert (replay.changed(day, 570.0, change, seed=1).run(0).state.counts()["self_served"] > 0) is some


def spaced(seed, at):
    """A day whose tiers leave a rank free before each, and the tickets that wait at a minute, by tier."""
    recorded, model = replay.recorded_day(seed, rate=1.2), replay.datasets.branch()
    tiers = tuple(replace(tier, priority=2 * tier.priority) for tier in model.tiers)
    day = replay.scenario(recorded, replace(model, tiers=tiers))
    return day, [code for code, ticket in replay.standing_at(recorded, at).tickets.items() if ticket.state == "waiting"]


@pytest.mark.parametrize("seed", range(4))
def test_a_ticket_called_before_others_waits_no_longer_and_stands_behind_higher_tiers(seed):
    day, waiting = spaced(seed, 640.0)
    last = waiting[-1]
    number = next(i for i, leg in enumerate(day.legs) if leg.ticket == last)
    change = replay.Change((replay.Event(640.0, "first", ticket=last, value=1.0),))
    as_it_was, moved = (replay.changed(day, 640.0, one, seed=5).run(0).result for one in (replay.NOTHING, change))
    assert moved.times[number, 1] <= as_it_was.times[number, 1]
    put_back = replay.Change((*change.events, replay.Event(640.0, "first", ticket=last, value=0.0)))
    same = replay.changed(day, 640.0, put_back, seed=5).run(0).result
    np.testing.assert_array_equal(same.times, as_it_was.times)


def test_only_a_ticket_that_is_there_can_be_called_before_others():
    day, _waiting = spaced(1, 640.0)
    for code in ("Z999", day.legs[-1].ticket):
        with pytest.raises(twin.ModelError, match="There is no ticket"):
            replay.changed(day, 640.0, replay.Change((replay.Event(640.0, "first", ticket=code, value=1.0),)), seed=5)
