"""The advisor: how fast, and whether days go better with its advice than without, on simulated days.

Run: ``python -m benchmarks.advisor [days]``. Speed: a hall of ten windows, six options x 200 futures of an hour, none
dropped, and the options that the hall really has with losers dropped early; plain and with the full model; CPU seconds
of one core, medians of ten halls. Worth: the same simulated days (same people) lived again under each policy, asked
every quarter hour: doing nothing, a threshold rule (more than four tickets a manned window: call whoever is off post,
else guide to the machines), the advisor with single steps, with reordering (also past those whose promise is broken
anyway: "late"), with surge plans, with all, and with all and a look at the second stage, which is obeyed when its
minute comes before the next answer (asked hourly). Days differ in size, weekday, payday and load; on every third day a
quarter more customers come than the advisor expects. It sees only what a hall shows. The loss of a day is what the
advisor tries to save: minutes waited, 30 a walk-out, 10 a broken promise, and what the steps taken cost.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
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
Answer = tuple["advice.Option | None", "advice.Plan | None"]  # what is done now, and what may follow
Policy = Callable[[twin.State, np.ndarray, int], Answer]


def nothing(_state: twin.State, _rates: np.ndarray, _seed: int) -> Answer:
    """Look on."""
    return None, None


def threshold(state: twin.State, _rates: np.ndarray, _seed: int) -> Answer:
    """More than four tickets a manned window: the first of call, guide that is possible."""
    counters = table(state.st, state.st, lay.O_COUNTER, len(state.model.counters), lay.K_WIDTH)
    manned = sum(1 for row in counters if row[lay.K_PERSON] >= 0 and row[lay.K_OPEN] == 1)
    if len(state.waiting()) <= 4 * max(1, manned):
        return None, None
    found = advice.options(state, horizon=HORIZON)
    return next((o for kind in ("call", "guide") for o in found if o.kind == kind), None), None


class Advisor:
    """Takes the advice, and counts how often there was any, and of which kind."""

    def __init__(
        self, kinds: frozenset[str], lookahead: advice.Lookahead | None = None, *, late: bool = False,
        every: float = EVERY,
    ) -> None:  # fmt: skip
        self.rules = advice.Rules(kinds=kinds, fairness=advice.Fairness(late=late))
        self.lookahead, self.every = lookahead, every
        self.asked = 0
        self.acted: Counter[str] = Counter()

    def __call__(self, state: twin.State, rates: np.ndarray, seed: int) -> Answer:
        found = advice.advise(
            state, seed=seed, horizon=HORIZON, futures=FUTURES, rates=rates, rules=self.rules, lookahead=self.lookahead
        )
        self.asked += 1
        if found.best is not None:
            self.acted[found.best.kind] += 1
        if found.then is not None:
            self.acted["wait, then" if found.best is None else "now, then"] += 1
        return found.best, found.then


def live(
    branch: twin.DemoBranch, real: np.ndarray, expected: np.ndarray, policy: Policy, seed: int
) -> dict[str, float]:
    """One day under one policy; its KPIs."""
    people = twin.draw_customers(branch.model, real, seed=seed)
    state = twin.initial_state(branch.model, branch.staffing, people)
    now = branch.model.open_minute + EVERY
    state, _ = twin.advance(state, now, log=False)
    every, loss, cost = getattr(policy, "every", EVERY), advice.Loss(), 0.0
    while now < branch.model.close_minute:
        option, plan = policy(state, expected, seed + int(now))
        commands = option.commands if option else ()
        cost += _cost(option, loss)
        if plan is not None and plan.minutes < every:
            state, _ = twin.advance(state, now + plan.minutes, commands, log=False)
            needed = len(state.waiting()) >= plan.waiting
            commands = plan.then.commands if needed else ()
            cost += _cost(plan.then if needed else None, loss)
        now += every
        state, _ = twin.advance(state, now, commands, log=False)
    state, _ = twin.advance(state, np.inf, log=False)
    result = twin.outcome(state)
    kpis = {name: float(values[0]) for name, values in result.kpis.items()}
    let_in = kpis["arrivals"] - kpis["turned_away"]
    kpis["breaches"] = (1 - kpis["promise_share"]) * (let_in - kpis["self_served"])
    kpis["gone"] = kpis["abandoned"] + kpis["balked"]
    waited = float(np.nansum(result.times[:, 1]))
    kpis["cost"], kpis["loss"] = cost, waited + loss.walkout * kpis["gone"] + loss.breach * kpis["breaches"] + cost
    return kpis


def _cost(option: advice.Option | None, loss: advice.Loss) -> float:
    return 0.0 if option is None else loss.staff_minute * option.staff_minutes + loss.move * option.moves


def spaced(model: twin.BranchModel) -> twin.BranchModel:
    """The branch with a free rank before each tier, which taking a ticket first needs."""
    return replace(model, tiers=tuple(replace(tier, priority=2 * tier.priority) for tier in model.tiers))


KEYS = ("wait_p90", "breaches", "gone", "wait_mean", "cost", "loss")
PAIRS = (
    ("single steps", "nothing"), ("single steps", "threshold"), ("with reorder", "single steps"),
    ("reorder late", "single steps"), ("with surge", "single steps"), ("all", "nothing"), ("all", "single steps"),
    ("all, two stages", "all"), ("hourly", "all"), ("hourly, in two", "hourly"),
)  # fmt: skip


def policies() -> dict[str, Policy]:
    """The policies that are compared, by name."""
    single, every = frozenset(advice.SINGLE) - {"reorder"}, frozenset(advice.KINDS)
    return {
        "nothing": nothing, "threshold": threshold, "single steps": Advisor(single),
        "with reorder": Advisor(single | {"reorder"}), "reorder late": Advisor(single | {"reorder"}, late=True),
        "with surge": Advisor(single | {"surge"}),
        "all": Advisor(every), "all, two stages": Advisor(every, advice.Lookahead()),
        "hourly": Advisor(every, every=60.0),
        "hourly, in two": Advisor(every, advice.Lookahead((15.0, 30.0), 4), every=60.0),
    }  # fmt: skip


def days(n: int) -> None:
    """Print the paired comparison over ``n`` days."""
    tried = policies()
    rows: dict[str, list[dict[str, float]]] = {name: [] for name in tried}
    begin = time.process_time()
    for day in range(n):
        size = ("small", "medium", "large")[day % 3]
        branch = twin.demo_branch(seed=day, size=size, weekday=day % 5, payday=day % 4 == 0)
        branch = replace(branch, model=spaced(branch.model))
        expected = branch.rates * LOADS[(day // 3) % 3]
        real = expected * (1.25 if day % 3 == day // 3 % 3 else 1.0)
        for name, policy in tried.items():
            rows[name].append(live(branch, real, expected, policy, 1000 + day))
    frames = {name: pd.DataFrame(values)[list(KEYS)] for name, values in rows.items()}
    print(f"{n} simulated days, {time.process_time() - begin:.0f} s of CPU")
    for name, policy in tried.items():
        print(f"{name:16}", "  ".join(f"{k} {frames[name][k].mean():7.2f}" for k in KEYS))
        if isinstance(policy, Advisor):
            print(" " * 16, f"asked {policy.asked} times:", dict(policy.acted.most_common()))
    for one, other in PAIRS:
        for key in KEYS:
            gap = spread((frames[one][key] - frames[other][key]).to_numpy())
            worse = float((frames[one][key] > frames[other][key] + 1e-9).mean())
            print(
                f"{one:16} - {other:12} {key:9} {gap['mean']:+8.2f} [{gap['low']:+.2f}, {gap['high']:+.2f}]"
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
        model = spaced(make(replace(branch.model, counters=branch.model.counters[:10])))
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
    six = [advice.NOTHING, *(advice.Option("idle", person=str(k)) for k in range(5))]
    for name, make in (("plain model", lambda model: model), ("full model", full)):
        halls = halls_of_ten(make)
        advice.advise(halls[0][0], six, seed=1, futures=30, rates=halls[0][1])
        for label, choices, ahead in (
            ("six options, none dropped", six, None), ("its own options", None, None),
            ("its own options in two stages", None, advice.Lookahead()),
        ):  # fmt: skip
            took, ran = [], 0
            for state, rates in halls:
                begin = time.process_time()
                tried = advice.advise(state, choices, seed=7, futures=FUTURES, rates=rates, lookahead=ahead)
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
