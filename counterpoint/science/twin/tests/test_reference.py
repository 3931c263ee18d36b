"""The kernel and the plain reference live the same random days, event by event."""

import numpy as np
import pytest

from counterpoint.science import twin
from counterpoint.science.twin.tests.random_days import (
    random_commands,
    random_customers,
    random_model,
    random_staffing,
)
from counterpoint.science.twin.tests.reference import Branch


def both(seed: int, *, commands: int, calling: str = "auto", full: bool = False) -> tuple[list, list]:
    rng = np.random.default_rng(seed)
    model = random_model(rng, calling=calling, full=full)
    staffing = random_staffing(rng, model)
    customers = random_customers(rng, model)
    orders = random_commands(rng, model, staffing, commands)
    if calling == "manual":
        orders += [twin.CallNext(float(t), str(rng.choice(model.counter_codes))) for t in rng.uniform(540, 680, 60)]
    day = twin.run_day(model, staffing, customers, orders)
    kernel = [(e["minute"], twin.EVENT_NAMES[e["kind"]], e["customer"], e["place"], e["person"]) for e in day.events]
    return kernel, Branch(model, staffing, customers, orders).run()


@pytest.mark.parametrize("block", range(4))
def test_a_day_without_commands_is_the_same_in_both(block):
    for seed in range(100 * block, 100 * block + 25):
        kernel, plain = both(seed, commands=0)
        assert kernel == plain, f"seed {seed}"


@pytest.mark.parametrize("block", range(4))
def test_a_day_with_commands_is_the_same_in_both(block):
    for seed in range(10_000 + 100 * block, 10_000 + 100 * block + 25):
        kernel, plain = both(seed, commands=12)
        assert kernel == plain, f"seed {seed}"


def test_a_day_with_calling_by_hand_is_the_same_in_both():
    for seed in range(20_000, 20_025):
        kernel, plain = both(seed, commands=6, calling="manual")
        assert kernel == plain, f"seed {seed}"


@pytest.mark.parametrize("block", range(4))
def test_a_day_of_the_full_model_is_the_same_in_both(block):
    for seed in range(30_000 + 100 * block, 30_000 + 100 * block + 25):
        kernel, plain = both(seed, commands=12, full=True)
        assert kernel == plain, f"seed {seed}"


def test_a_full_day_with_calling_by_hand_is_the_same_in_both():
    for seed in range(40_000, 40_025):
        kernel, plain = both(seed, commands=6, calling="manual", full=True)
        assert kernel == plain, f"seed {seed}"


def test_a_day_full_of_orders_is_the_same_in_both():
    for seed in range(50_000, 50_025):
        kernel, plain = both(seed, commands=80, full=seed % 2 == 0)
        assert kernel == plain, f"seed {seed}"


def begun_at(opens: float, seed: int) -> np.ndarray:
    """A day of two hours from this minute: two windows, staff who come before and go for a break."""
    model = twin.BranchModel(
        (twin.Service("S", twin.Duration(6.0)),), (twin.Counter("K0", ("S",)), twin.Counter("K1", ("S",))),
        open_minute=opens, close_minute=opens + 120.0, overrun_minutes=20.0,
    )  # fmt: skip
    people = tuple(
        twin.Person(f"P{i}", ("S",), ((opens - 10.0 + i, opens + 140.0),), ((opens + 40.0 - i, 5.0),), f"K{i}")
        for i in range(2)
    )
    customers = twin.draw_customers(model, arrivals=[(opens + 2.5 * i, "S") for i in range(44)], seed=seed)
    return twin.run_day(model, twin.Staffing(people), customers).events


def test_a_day_that_begins_before_midnight_is_that_of_any_other_time():
    for seed in range(10):
        early, late = begun_at(-60.0, seed), begun_at(540.0, seed)
        assert [tuple(e)[1:] for e in early] == [tuple(e)[1:] for e in late]
        assert early["minute"] + 600.0 == pytest.approx(late["minute"], abs=1e-9)


def test_the_random_days_meet_every_kind_of_event():
    met = set()
    for seed in range(30_000, 30_040):
        met |= {kind for _, kind, *_ in both(seed, commands=12, full=True)[0]}
    assert met == set(twin.EVENT_NAMES)
