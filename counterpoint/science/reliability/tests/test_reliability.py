"""Two answers for every figure: spans against a walk over the minutes, intervals against simulated machines."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.science.reliability import (
    DEFINITIONS,
    Fault,
    Record,
    down_minutes,
    measure,
    open_minutes,
    trend,
)

DAY = 1440


def days(number, opens=540, closes=1020):
    return tuple((d * DAY + opens, d * DAY + closes) for d in range(number))


@st.composite
def records(draw):
    """Short records on whole minutes."""
    cuts = sorted(draw(st.lists(st.integers(0, 300), min_size=2, max_size=8, unique=True)))
    hours = tuple((a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False))
    span = st.tuples(st.integers(0, 320), st.integers(0, 60))
    faults = tuple(
        Fault(begin, None if last else begin + length, extent)
        for (begin, length), extent, last in draw(
            st.lists(st.tuples(span, st.sampled_from(("partial", "full", "network")), st.booleans()), max_size=5)
        )
    )
    planned = tuple((begin, begin + length) for begin, length in draw(st.lists(span, max_size=3)))
    return Record(hours, faults, planned)


@given(records(), st.sampled_from(sorted(DEFINITIONS)))
def test_down_time_equals_a_walk_over_every_minute(record, definition):
    up = lost = 0
    for minute in range(400):
        if not any(a <= minute < b for a, b in record.hours) or any(a <= minute < b for a, b in record.planned):
            continue
        up += 1
        lost += any(
            f.began <= minute < (record.end if f.ended is None else f.ended)
            for f in record.faults
            if f.extent in DEFINITIONS[definition]
        )
    assert open_minutes(record) == up
    assert down_minutes(record, DEFINITIONS[definition]) == lost
    found = measure([record], definition=definition).availability
    if up:
        assert found.value == pytest.approx(1 - lost / up)
        assert found.low <= found.value <= found.high
    else:
        assert math.isnan(found.value)


def test_the_three_definitions_tell_three_things_of_the_same_machine():
    faults = (
        Fault(600, 660, "partial"),
        Fault(DAY + 600, DAY + 630, "network"),
        Fault(2 * DAY + 600, 2 * DAY + 720, "full"),
    )
    record = Record(days(10), faults)
    minutes = 10 * 480
    expected = {"network": 30, "any_function": 150, "all_functions": 210}
    for definition, down in expected.items():
        assert measure([record], definition=definition).availability.value == pytest.approx(1 - down / minutes)


def test_a_night_fault_costs_nothing_and_planned_work_counts_neither_way():
    night = Record(days(2), (Fault(1100, 1400),))
    assert measure([night]).availability.value == 1.0
    serviced = Record(days(2), (Fault(600, 700),), planned=((600, 700),))
    assert measure([serviced]).availability.value == 1.0
    assert open_minutes(serviced) == 860


def test_few_faults_state_an_interval_but_no_mean():
    found = measure([Record(days(30), (Fault(600, 700), Fault(5 * DAY + 600, 5 * DAY + 640)))])
    assert not found.between.stated
    assert not found.repair.stated
    assert found.between.low < 30 * 8 / 2 < found.between.high
    nothing = measure([Record(days(30))])
    assert nothing.between.high == math.inf
    assert nothing.between.low == pytest.approx(240 / -math.log(0.05))  # P(no fault) = 5 %
    assert nothing.availability.value == 1.0
    assert nothing.availability.low < 1.0


def simulated(rng, rate, repair_mean, number=4, length=120):
    """Machines that fail at `rate` an open hour and take a lognormal time to repair, all within open hours."""
    out = []
    for _ in range(number):
        faults, at = [], 0.0
        while True:
            at += rng.exponential(60 / rate)
            lasts = rng.lognormal(math.log(60 * repair_mean) - 0.32, 0.8)
            if at + lasts > length * DAY:
                break
            faults.append(Fault(at, at + lasts))
            at += lasts
        out.append(Record(((0.0, length * DAY),), tuple(faults)))
    return out


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    rng = np.random.default_rng(5)
    rate, repair = 1 / 150, 3.0
    truth = 1 - repair / (150 + repair)
    hits = {"availability": 0, "between": 0, "repair": 0}
    runs = 120
    for _ in range(runs):
        found = measure(simulated(rng, rate, repair), definition="any_function")
        hits["availability"] += found.availability.low <= truth <= found.availability.high
        hits["between"] += found.between.low <= 150 + repair <= found.between.high
        hits["repair"] += found.repair.low <= repair <= found.repair.high
    assert all(0.80 <= count / runs <= 0.99 for count in hits.values()), hits


def test_repeats_are_faults_that_came_back_within_a_week():
    faults = (Fault(600, 660), Fault(3 * DAY + 600, 3 * DAY + 660), Fault(20 * DAY + 600, 20 * DAY + 660))
    found = measure([Record(days(40), faults)])
    assert found.repeats.value == pytest.approx(1 / 3)
    assert found.fault_days.value == pytest.approx(3 / 40)
    late = measure([Record(days(21), faults)])
    assert late.repeats.value == pytest.approx(1 / 2)  # the last one has not had its week yet


def test_trend_tells_worse_from_steady_and_says_when_it_cannot():
    assert trend([[80, 85, 90, 95, 98, 99]], [100]).verdict == "worse"
    assert trend([[1, 2, 5, 10, 15, 20]], [100]).verdict == "better"
    assert trend([[10, 30, 50, 70, 90]], [100]).verdict == "steady"
    assert trend([[99]], [100]).verdict == "unknown"


def test_trend_is_right_about_steady_machines_nine_times_in_ten():
    rng = np.random.default_rng(3)
    verdicts = [trend([np.sort(rng.uniform(0, 100, rng.poisson(8)))], [100]) for _ in range(800)]
    judged = [t.verdict for t in verdicts if t.verdict != "unknown"]
    assert 0.06 < sum(v != "steady" for v in judged) / len(judged) < 0.14


def test_refusals_name_what_is_wrong():
    with pytest.raises(ValueError, match="extent"):
        Fault(0, 1, "half")
    with pytest.raises(ValueError, match="cannot have ended"):
        Fault(5, 1)
    with pytest.raises(ValueError, match="overlap"):
        Record(((0, 10), (5, 20)))
    with pytest.raises(ValueError, match="definition"):
        measure([], definition="mostly")
