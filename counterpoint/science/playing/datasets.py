"""Games for tests, documentation and notebooks. Invented, not measured."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from counterpoint.science import twin
from counterpoint.science.playing.game import Game
from counterpoint.science.playing.injects import Choice, Condition, Inject


def demo_game(
    seed: int, size: str = "small", *, payday: bool = True, busier: float = 1.2, injects: tuple[Inject, ...] = ()
) -> Game:
    """A payday of a synthetic branch with planned delays, ``busier`` times as many customers as it is staffed for."""
    branch = twin.demo_branch(seed=1, size=size, payday=payday)
    model = replace(branch.model, delays=twin.planned_delays())
    return Game.of_plan(model, branch.staffing, branch.rates * busier, seed=seed, injects=injects)


def tiny_game(seed: int, people: int = 3, windows: int = 2, *, minutes: float = 30.0) -> Game:
    """A few customers within half an hour, one or two windows, somebody on call: small enough to try everything."""
    rng = np.random.default_rng(seed)
    services = (twin.Service("a", twin.Duration(8.0, 0.5)), twin.Service("b", twin.Duration(5.0, 0.5)))
    counters = tuple(twin.Counter(f"K{i + 1}", ("a", "b") if i else ("a",)) for i in range(windows))
    model = twin.BranchModel(
        services, counters, (twin.Tier("normal", 1.0, 1, 10.0),), balking=None, open_minute=540.0,
        close_minute=540.0 + minutes, overrun_minutes=60.0, patience=twin.Duration(20.0, 0.5),
    )  # fmt: skip
    shift = ((540.0, 540.0 + minutes + 60.0),)
    staff = twin.Staffing.of(
        twin.Person("p1", ("a", "b"), shift, (), "K1"), twin.Person("p2", ("a", "b"), shift, (), None, 1.2)
    )
    arrivals = [
        (540.0 + float(rng.uniform(0, 8)), str(rng.choice(["a", "b"])) if windows > 1 else "a") for _ in range(people)
    ]
    table = twin.draw_customers(model, arrivals=arrivals, seed=seed)
    return Game(model, staff, table, np.zeros((1, 2, 1)), opens=540.0, closes=540.0 + minutes, start=540.0)


def demo_injects() -> tuple[Inject, ...]:
    """A cash machine that fails and a question about it, and a crowd once many wait."""
    down = (twin.DeviceDown(0.0, "C1"),)
    call = Choice("call_vendor", (twin.DeviceUp(25.0, "C1"),), flag="called")
    wait = Choice("wait", (twin.DeviceUp(90.0, "C1"),), points=10.0)
    crowd = (twin.AddCustomers(1.0, "S02", 12, 10.0),)
    return (
        Inject("machine", 600.0, None, down, (wait, call), "wait", 6.0),
        Inject("crowd", None, Condition("waiting", "at_least", 4.0, 2.0), crowd),
        Inject("thanks", None, Condition("flag", flag="called", after=10.0), (), (Choice("nod"),), "nod", 3.0),
    )
