"""The three models in salabim: a component a customer and a source, requests that fail after the patience.

Without ``yield``, as salabim's documentation now writes all models; with it they run a tenth faster.
"""

from __future__ import annotations

import random

import salabim as sim

from benchmarks.twin_peers.shared import (
    CV,
    FALLBACK,
    HOURLY,
    MACHINE,
    MACHINE_CV,
    MINUTES,
    PATIENCE,
    PROFILE,
    WORK,
    Done,
    mu_of,
    sigma_of,
)


class Visitor(sim.Component):
    """A customer of M/M/5."""

    def process(self) -> None:
        """Wait for a clerk, be served."""
        env = self.env
        self.request(env.clerks, fail_delay=env.patience)
        if self.failed():
            env.gone += 1
            return
        env.waits.tally(env.now() - self.creation_time())
        self.hold(env.work)
        self.release()


def mm5(load: float, theta: float, runs: int, seed: int) -> Done:
    """M/M/5 as salabim's documentation writes a bank with reneging and resources."""
    units, waits, gone = 0.0, [], []
    for run in range(runs):
        env = sim.Environment(random_seed=seed + run)
        env.clerks, env.waits, env.gone = sim.Resource("clerks", 5), sim.Monitor("waits"), 0
        env.work, env.patience = sim.Exponential(1.0), sim.Exponential(1 / theta) if theta else None
        sim.ComponentGenerator(Visitor, iat=sim.Exponential(1 / load))
        env.run(till=MINUTES)
        units += env.waits.number_of_entries() + env.gone
        waits.append(env.waits.mean())
        gone.append(float(env.gone))
    return Done(units, waits, gone)


class Customer(sim.Component):
    """A customer of the plain branch."""

    def process(self, kind: str) -> None:
        """A machine first for self-service, then, if need be, a counter."""
        env = self.env
        patience = env.patience.sample()
        if kind == "self":
            self.request(env.machines, fail_delay=patience)
            if self.failed():
                env.gone += 1
                return
            before = env.now() - self.creation_time()
            self.hold(env.machine_work)
            self.release()
            if random.random() < FALLBACK:
                self.serve(env.cash, kind, max(0.0, patience - before), before)
        elif kind == "cash":
            self.serve(env.cash, kind, patience)
        else:
            self.serve((env.advisers, 1, 0 if kind == "vip" else 1), kind, patience)

    def serve(self, request: object, kind: str, patience: float, before: float = 0.0) -> None:
        """Wait for a counter and be served, or walk out; ``before`` is what was waited at the machines."""
        env, came = self.env, self.env.now()
        self.request(request, fail_delay=patience)
        if self.failed():
            env.gone += 1
            return
        env.waits.tally(before + env.now() - came)
        self.hold(env.work[kind])
        self.release()


class Source(sim.Component):
    """Where customers of one kind come from."""

    def process(self, kind: str) -> None:
        """One after the other; a gap beyond the half hour is drawn anew at the next rate."""
        env = self.env
        for share in PROFILE:
            gaps, end = sim.Exponential(60 / (HOURLY[kind] * share)), env.now() + 30.0
            while (gap := gaps.sample()) < end - env.now():
                self.hold(gap)
                Customer(kind=kind)
            self.hold(till=end)


def day(days: int, seed: int) -> Done:
    """The plain branch with a source for each kind of customer."""
    waits, gone = [], []
    for one in range(days):
        env = sim.Environment(random_seed=seed + one)
        env.cash, env.advisers, env.machines = (sim.Resource(n, k) for n, k in (("cash", 5), ("adv", 4), ("mach", 4)))
        env.waits, env.gone, env.patience = sim.Monitor("waits"), 0, sim.Exponential(PATIENCE)
        env.machine_work = sim.External(random.lognormvariate, mu_of(MACHINE, MACHINE_CV), sigma_of(MACHINE_CV))
        env.work = {kind: sim.Exponential(WORK[kind]) for kind in ("cash", "self")}
        for kind in ("advice", "vip"):
            env.work[kind] = sim.External(random.lognormvariate, mu_of(WORK[kind], CV), sigma_of(CV))
        for kind in HOURLY:
            Source(kind=kind)
        env.run()
        waits.append(env.waits.mean())
        gone.append(float(env.gone))
    return Done(float(days), waits, gone)
