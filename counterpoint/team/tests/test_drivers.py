"""A forecast told as a sum adds up to the customer, whatever the drivers are."""

from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.team import drivers
from counterpoint.team.tests import expected

names = st.sampled_from(["weekday", "level", "month", "break", "hours", "tag:payday", "festival:Spring Festival"])
logs = st.dictionaries(names, st.floats(-1.5, 1.5))
usual = st.floats(0.6, 5000)
total = st.integers(1, 6000)


@given(usual, logs, total)
def test_usual_day_and_effects_add_up_to_the_forecast(usual, logs, total):
    found = drivers.whole(usual, drivers.shared(usual, logs, total), total)
    assert found.usual + sum(customers for _key, customers in found.effects) == found.total == total


@given(usual, logs, total)
def test_no_named_effect_is_rounded_by_more_than_a_few_customers(usual, logs, total):
    exact = drivers.shared(usual, logs, total)
    assert sum(exact.values()) == pytest.approx(total - usual, abs=1e-6 * max(usual, total))
    for key, customers in drivers.whole(usual, exact, total).named:
        assert abs(customers - exact[key]) <= 2


@given(usual, logs)
def test_logs_that_explain_everything_leave_nothing_over(usual, logs):
    exact = usual * exp(sum(logs.values()))
    found = drivers.shared(usual, logs, exact)
    assert found["other"] == pytest.approx(0, abs=1e-6 * max(exact, usual))


def test_one_driver_alone_gets_the_whole_difference():
    assert drivers.shared(200, {"tag:payday": log(1.25)}, 250)["tag:payday"] == pytest.approx(50)


def test_two_equal_drivers_share_it_equally_and_opposite_ones_cancel():
    both = drivers.shared(100, {"weekday": log(1.5), "break": log(1.5)}, 225)
    assert both["weekday"] == pytest.approx(both["break"]) == pytest.approx(62.5)
    against = drivers.shared(100, {"weekday": 0.2, "break": -0.2}, 100)
    assert against["weekday"] == pytest.approx(20) and against["break"] == pytest.approx(-20)


def test_small_drivers_are_told_together():
    found = drivers.whole(100, {"weekday": 40.0, "month": 0.6, "level": 0.4, "other": 0.0}, 141)
    assert found == drivers.Told(100, (("weekday", 40), ("other", 1)), 141)


def test_a_stored_day_is_told_and_a_closed_one_is_not():
    parts = {"weekday": [log(2)] + [0.0] * 6}
    payload = expected.payload(drivers={"usual": 8.0, "parts": parts})
    assert drivers.told(payload, 0) == drivers.Told(8, (("weekday", 8),), 16, weekday=16)
    assert drivers.told(payload, 5) is None
    assert drivers.told(expected.payload(), 0) is None


@pytest.mark.parametrize(
    ("logs", "weekday"),
    [
        ({"weekday": -0.5, "tag:payday": 1.0}, 61),
        ({"weekday": -0.25, "kind": -0.25, "tag:payday": 1.0}, 61),
        ({"weekday": -0.02, "tag:payday": 1.0}, 98),  # too small to be told by itself
        ({"tag:payday": 1.0}, None),
    ],
)
def test_a_usual_day_of_the_weekday_is_the_models_whatever_else_makes_the_day(logs, weekday):
    total = 100 * exp(sum(logs.values()))
    told = {"usual": 100.0, "parts": {name: [value] * 7 for name, value in logs.items()}}
    found = drivers.told(expected.payload(drivers=told, day_p50=[total] * 7), 0)
    assert found.weekday == weekday and found.usual == 100
