"""The advisor: how fast, and whether days go better with its advice than without, on simulated days.

Run: ``python -m benchmarks.advisor [days]``. Speed: a hall of ten windows, six options x 200 futures of an hour, none
dropped, and the options that the hall really has with losers dropped early; plain and with the full model; CPU seconds
of one core, medians of ten halls. Worth: the same simulated days (same
people) lived three times, asked every quarter hour: doing nothing, a threshold rule (more than four tickets a manned
window: call whoever is off post, else guide to the machines), and the advisor. Days differ in size, weekday, payday and
load; on every third day a quarter more customers come than the advisor expects. It sees only what a hall shows.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from counterpoint.science import advice, twin
from counterpoint.science.twin.kernel import layout as lay
from counterpoint.science.twin.results import spread
from counterpoint.science.twin.state import table

EVERY, HORIZON, FUTURES = 15.0, 60.0, 200
LOADS = (0.9, 1.05, 1.2)
Policy = Callable[[twin.State, np.ndarray, int], "advice.Option | None"]


def nothing(_state: twin.State, _rates: np.ndarray, _seed: int) -> advice.Option | None:
    """Look on."""
    return None


def threshold(state: twin.State, _rates: np.ndarray, _seed: int) -> advice.Option | None:
    """More than four tickets a manned window: the first of call, guide that is possible."""
    counters = table(state.st, state.st, lay.O_COUNTER, len(state.model.counters), lay.K_WIDTH)
    manned = sum(1 for row in counters if row[lay.K_PERSON] >= 0 and row[lay.K_OPEN] == 1)
    if len(state.waiting()) <= 4 * max(1, manned):
        return None
    found = advice.options(state, horizon=HORIZON)
    return next((o for kind in ("call", "guide") for o in found if o.kind == kind), None)


class Advisor:
    """Takes the advice, and counts how often there was any."""

    def __init__(self) -> None:
        self.asked = self.acted = 0

    def __call__(self, state: twin.State, rates: np.ndarray, seed: int) -> advice.Option | None:
        found = advice.advise(state, seed=seed, horizon=HORIZON, futures=FUTURES, rates=rates)
        self.asked += 1
        self.acted += found.best is not None
        return found.best


def live(
    branch: twin.DemoBranch, real: np.ndarray, expected: np.ndarray, policy: Policy, seed: int
) -> dict[str, float]:
    """One day under one policy; its KPIs."""
    people = twin.draw_customers(branch.model, real, seed=seed)
    state = twin.initial_state(branch.model, branch.staffing, people)
    now = branch.model.open_minute + EVERY
    state, _ = twin.advance(state, now, log=False)
    while now < branch.model.close_minute:
        option = policy(state, expected, seed + int(now))
        now += EVERY
        state, _ = twin.advance(state, now, option.commands if option else (), log=False)
    state, _ = twin.advance(state, np.inf, log=False)
    kpis = {name: float(values[0]) for name, values in twin.outcome(state).kpis.items()}
    let_in = kpis["arrivals"] - kpis["turned_away"]
    kpis["breaches"] = (1 - kpis["promise_share"]) * (let_in - kpis["self_served"])
    kpis["gone"] = kpis["abandoned"] + kpis["balked"]
    return kpis


def days(n: int) -> None:
    """Print the paired comparison over ``n`` days."""
    keys = ("wait_p90", "breaches", "gone", "wait_mean")
    advisor = Advisor()
    policies: dict[str, Policy] = {"nothing": nothing, "threshold": threshold, "advisor": advisor}
    rows: dict[str, list[dict[str, float]]] = {name: [] for name in policies}
    begin = time.process_time()
    for day in range(n):
        size = ("small", "medium", "large")[day % 3]
        branch = twin.demo_branch(seed=day, size=size, weekday=day % 5, payday=day % 4 == 0)
        expected = branch.rates * LOADS[(day // 3) % 3]
        real = expected * (1.25 if day % 3 == day // 3 % 3 else 1.0)
        for name, policy in policies.items():
            rows[name].append(live(branch, real, expected, policy, 1000 + day))
    frames = {name: pd.DataFrame(values)[list(keys)] for name, values in rows.items()}
    cpu = time.process_time() - begin
    print(f"{n} simulated days, {cpu:.0f} s of CPU; advised {advisor.acted} of {advisor.asked} times asked")
    for name, frame in frames.items():
        print(f"{name:10}", "  ".join(f"{k} {frame[k].mean():6.2f}" for k in keys))
    for against in ("nothing", "threshold"):
        for key in keys:
            gap = spread((frames["advisor"][key] - frames[against][key]).to_numpy())
            worse = float((frames["advisor"][key] > frames[against][key] + 1e-9).mean())
            print(
                f"advisor - {against:9} {key:9} {gap['mean']:+7.2f} [{gap['low']:+.2f}, {gap['high']:+.2f}]"
                f"  worse on {worse:.0%} of days"
            )


def full(model: twin.BranchModel) -> twin.BranchModel:
    """The branch with everything that a turn can meet."""
    aside = twin.Duration(4.0, 0.6)
    services = tuple(
        replace(
            s, form=aside, form_share=0.1, authorised=0.2, assisted=0.1, cash=twin.Duration(6.0, 0.8),
            onward=model.service_codes[-1] if i == 0 else None, onward_share=0.1,
        )
        for i, s in enumerate(model.services)
    )  # fmt: skip
    devices = tuple(replace(d, between_failures=900.0, repair=twin.Duration(20.0), walk=0.3) for d in model.devices)
    counters = tuple(replace(c, walk=0.3) for c in model.counters)
    cash = twin.Cash(till=200.0, vault=3000.0)
    return replace(model, services=services, devices=devices, counters=counters, switch_minutes=0.3, cash=cash)


def halls_of_ten(make: Callable[[twin.BranchModel], twin.BranchModel]) -> list[tuple[twin.State, np.ndarray]]:
    """Ten busy halls at ten minutes of the day, each with ten windows."""
    halls = []
    for i in range(10):
        branch = twin.demo_branch(seed=i, size="large", payday=True)
        model = make(replace(branch.model, counters=branch.model.counters[:10]))
        people = [
            p if p.post in (None, "lobby") or p.post in model.counter_codes else replace(p, post=None)
            for p in branch.staffing.people
        ]
        rates = branch.rates * 1.1
        state = twin.initial_state(model, twin.Staffing(tuple(people)), twin.draw_customers(model, rates, seed=i))
        halls.append((twin.advance(state, 600.0 + 20 * i, log=False)[0], rates))
    return halls


def speed() -> None:
    """Print CPU seconds a hall."""
    six = [advice.NOTHING, *(advice.Option("surge", person=str(k)) for k in range(5))]
    for name, make in (("plain model", lambda model: model), ("full model", full)):
        halls = halls_of_ten(make)
        advice.advise(halls[0][0], six, seed=1, futures=30, rates=halls[0][1])
        for label, choices in (("six options, none dropped", six), ("its own options", None)):
            took, ran = [], 0
            for state, rates in halls:
                begin = time.process_time()
                tried = advice.advise(state, choices, seed=7, futures=FUTURES, rates=rates)
                took.append(time.process_time() - begin)
                ran += sum(len(s.values) for s in tried.standings)
            inside = np.mean([len(twin.inside(state)) for state, _ in halls])
            print(
                f"a hall of 10 windows ({inside:.0f} people inside), {name}, {label}: {np.median(took):.3f} s of CPU "
                f"(most {max(took):.3f}), {ran / len(halls):.0f} futures of an hour"
            )
    state = halls[0][0]
    begin = time.perf_counter()
    for _ in range(1000):
        state.copy()
    print(f"fork of a live state: {(time.perf_counter() - begin) * 1000:.1f} us")


if __name__ == "__main__":
    speed()
    days(int(sys.argv[1]) if len(sys.argv) > 1 else 120)
