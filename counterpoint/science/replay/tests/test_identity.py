"""Replay without changes reproduces every event time, whatever a day was like; what cannot be acted out is counted."""

from collections import Counter
from dataclasses import replace

import pytest

from counterpoint.science import replay, twin
from counterpoint.science.replay.datasets import branch
from counterpoint.science.replay.tests.days import lived, own_day, random_day, written_down

DAYS = 60


@pytest.fixture(scope="module")
def days():
    return [lived(seed) for seed in range(DAYS)]


def test_every_event_of_many_random_days_comes_at_its_minute(days):
    found = [replay.replay(day, seed=seed) for seed, day in enumerate(days)]
    assert [(i, f.missing[:3], f.worst) for i, f in enumerate(found) if not f.exact] == []
    assert sum(len(day.legs) for day in days) > 4000


def test_whatever_the_model_says_of_turns_the_record_has_it_in_it_already(days):
    slow = twin.Delays(**dict.fromkeys(twin.Delays.__dataclass_fields__, 2.0))
    """A calibrated or full model: pace, set-up, forms, hand-offs, help and cash are in the recorded minutes."""
    for seed, day in enumerate(days[:8]):
        plain = branch()
        services = tuple(
            replace(
                s, onward=plain.services[0].code, form=twin.Duration(3.0), form_share=0.5, authorised=0.5, assisted=0.5,
                cash=twin.Duration(6.0),
            )
            for s in plain.services
        )  # fmt: skip
        model = replace(plain, services=services, pace=(0.8, 1.0, 1.3), switch_minutes=1.0, cash=twin.Cash(5.0, 0.0))
        model = replace(model, counters=tuple(replace(c, walk=0.7) for c in model.counters), delays=slow)
        found = replay.replay(replay.scenario(day.recorded, model), seed=seed)
        assert found.exact, (seed, found.worst, found.missing[:3])


@pytest.mark.slow
def test_so_it_is_for_a_thousand_days():
    assert [seed for seed in range(1000) if not replay.replay(lived(seed), seed=seed).exact] == []


def test_the_days_held_everything_that_a_hall_can_tell_of(days):
    kinds = Counter(event.kind for day in days for event in day.recorded.events)
    assert set(kinds) == {
        "take", "call", "undo", "start", "hold", "resume", "end", "no_show", "leave", "care", "delay", "open", "close",
        "post", "break", "back", "down", "up", "share", "shut",
    }  # fmt: skip


def test_calls_in_the_events_of_the_twin_are_those_of_the_record(days):
    """Said once more without the checker: the log of the twin against the lines of the record."""
    for day in days[1:12]:
        events = replay.replay(day, seed=1).day.events
        starts = events[events["kind"] == twin.KIND["start_service"]]
        found = sorted((day.legs[int(row["customer"])].ticket, round(float(row["minute"]), 5)) for row in starts)
        record, undone = day.recorded.events, set()
        for i, event in enumerate(record):
            if event.kind == "undo":
                undone.add(max(j for j in range(i) if record[j].kind == "call" and record[j].ticket == event.ticket))
        told = [e for i, e in enumerate(record) if e.kind in ("call", "resume") and i not in undone]
        assert found == sorted((e.ticket, round(e.minute, 5)) for e in told)


def test_what_the_twin_cannot_act_out_is_counted_and_nothing_is_dropped(days):
    for day in days:
        kinds = Counter(event.kind for event in day.recorded.events)
        told = Counter(day.unexpressed)
        assert told["undone_call"] == kinds["undo"]
        assert told["held"] == kinds["resume"]
        assert told["no_show"] == kinds["no_show"]
        assert told["delayed"] == kinds["delay"]
        assert told["guided_at_the_door"] == kinds["share"]
        assert told["handed_over"] == sum(1 for visit in day.recorded.visits if visit.after)
        assert [leg.ticket for leg in day.legs if leg.first] == [v.code for v in day.recorded.visits]


def test_who_waits_and_who_is_served_is_the_same_in_the_walk_and_in_the_twin(days):
    """The state at a minute by two ways: folding the record, and living the day."""
    for day in days[2:30:3]:
        minutes = sorted({event.minute for event in day.recorded.events})
        for minute in minutes[5 :: max(1, len(minutes) // 6)]:
            walk = replay.standing_at(day.recorded, minute - 0.001)
            state = replay.standing(day, minute - 0.001, seed=1)
            codes = [leg.ticket for leg in day.legs]
            called_back = {t for t, s in walk.tickets.items() if s.state == "called"}  # maybe taken back later
            waiting = {codes[c] for c in state.waiting()}
            assert waiting - called_back == {t for t, s in walk.tickets.items() if s.state == "waiting"}
            served = {
                codes[c] for c in range(len(codes)) if state.statuses()[c] == twin.STATUS_NAMES.index("at_counter")
            }
            assert served | (waiting & called_back) == set(walk.busy.values())


def test_a_day_in_which_everything_happens_in_one_instant_keeps_its_order():
    record = random_day(7)
    frozen = replace(record, events=tuple(replace(event, minute=600.0) for event in record.events), until=600.0)
    found = replay.replay(replay.scenario(frozen, branch()), seed=3)
    assert found.exact
    assert found.summary()["missing"] == 0


def test_a_day_of_the_twin_itself_written_down_and_replayed_is_that_day():
    day = own_day(11, patience=twin.Duration(12.0, 0.5))
    found = replay.replay(replay.scenario(written_down(day), day.state.model), seed=2)
    assert found.exact
    assert found.day.result.kpis["abandoned"][0] == day.result.kpis["abandoned"][0] > 0
    assert found.day.result.kpis["wait_p90"][0] == pytest.approx(day.result.kpis["wait_p90"][0], abs=1e-6)


def rows_of(record):
    """The day as a queue machine would export it: one row a ticket."""
    rows = {v.code: [v.code, v.service, v.tier, "", None, None, None, None] for v in record.visits}
    for event in record.events:
        if event.ticket:
            column = {"take": 4, "call": 5, "end": 6, "leave": 7}.get(event.kind)
            if column:
                rows[event.ticket][column] = event.minute
            if event.kind == "call":
                rows[event.ticket][3] = f"window {event.counter}"
    return [tuple(row) for row in rows.values()]


@pytest.mark.parametrize("seed", [8, 12, 16, 36])
def test_a_day_of_which_only_tickets_are_known_is_replayed_with_windows_found_from_who_served(seed):
    record = random_day(seed)
    assert {e.kind for e in record.events}.isdisjoint({"hold", "undo"}), "a plain day"
    known = replay.served_from_log(rows_of(record), {}, closes=1020.0)
    day = replay.scenario(known, branch())
    found = replay.replay(day, seed=1)
    assert known.inferred and known.closed and found.exact
    assert len(day.legs) == len(record.visits)
    assert "no_free_window" not in day.unexpressed


def test_services_that_overlap_at_one_window_find_a_place_and_are_counted():
    rows = [
        ("x", "cash", "standard", "w", 600.0, 601.0, 610.0, None),
        ("y", "cash", "gold", "w", 600.0, 602.0, 605.0, None),
        ("z", "gardening", "standard", "", 600.0, 603.0, 603.0, None),
        ("u", "cash", "standard", "", 600.0, None, None, None),
    ]
    day = replay.scenario(replay.served_from_log(rows, {"x": 9.0}, closes=1020.0), branch())
    assert replay.replay(day, seed=1).exact
    assert day.unexpressed == {"no_free_window": 2, "unknown_service": 1, "unknown_tier": 1}
    assert [leg.came for leg in day.legs] == ["served", "served", "served", "closing"]


def test_a_record_without_tickets_or_with_strange_ones_is_refused_in_words():
    with pytest.raises(twin.ModelError, match="no ticket"):
        replay.scenario(replay.Recorded((), ()), branch())
    with pytest.raises(twin.ModelError, match="does not list: t9"):
        replay.Recorded((replay.Event(1.0, "take", ticket="t9"),), ())
    with pytest.raises(twin.ModelError, match="listed twice"):
        replay.Recorded((), (replay.Visit("a", "cash", "vip"), replay.Visit("a", "cash", "vip")))
    with pytest.raises(twin.ModelError, match="knows no event 'dance'"):
        replay.Event(1.0, "dance")


@pytest.mark.parametrize("spoil", ["call", "work", "arrival"])
def test_the_checker_has_teeth(spoil):
    """A call forgotten, a service a second too long or an arrival a second late does not pass as a replay."""
    day = lived(9)
    first = next(i for i, leg in enumerate(day.legs) if leg.call is not None)
    leg = day.legs[first]
    if spoil == "call":
        calls = [c for c in day.commands if isinstance(c, twin.CallNext)]
        broken = replace(day, commands=tuple(c for c in day.commands if c is not calls[0]))
    else:
        changed = replace(leg, speed=1.01) if spoil == "work" else replace(leg, arrival=leg.arrival + 1 / 60)
        broken = replace(day, legs=(*day.legs[:first], changed, *day.legs[first + 1 :]))
        if spoil == "arrival":
            assert not replay.replay(replace(broken, legs=day.legs), seed=1).missing
            assert _lived_against(broken, day) > 0.01
            return
    assert replay.replay(day, seed=1).exact and not replay.replay(broken, seed=1).exact


def _lived_against(other, record):
    """Largest difference of the takes of one scenario to the record of another."""
    times = replay.replay(other, seed=1).day.result.times
    return max(abs(times[i, 0] - leg.arrival) for i, leg in enumerate(record.legs))
