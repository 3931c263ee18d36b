"""The three models in cimba: models compiled from Python, customers spawned, a timer for patience.

The methods of the models are compiled: what they name outside must be numbers, and ``self`` has only annotated fields.
"""

import cimba as cb
from cimba import inputs

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

WALKS_OUT = 1
KINDS = ("cash", "advice", "vip", "self")
CASH, ADVICE, SELF = KINDS.index("cash"), KINDS.index("advice"), KINDS.index("self")
CASH_MEAN, SELF_MEAN = WORK["cash"], WORK["self"]
ADVICE_MU, VIP_MU, SIGMA = mu_of(WORK["advice"], CV), mu_of(WORK["vip"], CV), sigma_of(CV)
MACHINE_MU, MACHINE_SIGMA = mu_of(MACHINE, MACHINE_CV), sigma_of(MACHINE_CV)


class Patient(cb.Model):
    """M/M/5 with nobody who walks out, as cimba's documentation writes M/M/1: a line of arrival times, five clerks."""

    gap: cb.Input[float] = inputs.dist.exponential(mean=1.0)
    work: cb.Input[float] = inputs.dist.exponential(mean=1.0)
    line: cb.Store[float]
    waits: cb.Dataset
    came: int = 0
    wait: cb.Output[float]
    customers: cb.Output[int]
    left: cb.Output[int]

    @cb.process
    def arrivals(self):
        """One after the other."""
        while True:
            cb.hold(self.gap.next())
            self.line.put(cb.now())
            self.came += 1

    @cb.process(copies=5)
    def clerk(self):
        """Serve who came first."""
        while True:
            came = self.line.get()
            self.waits.record(cb.now() - came)
            cb.hold(self.work.next())

    @cb.on_end
    def measure(self):
        """Means of the replication."""
        self.wait, self.customers, self.left = self.waits.sample_mean(), self.came, 0


class Visitor(cb.Model):
    """A customer of M/M/5+M."""

    bank: cb.Ref["Impatient"]

    @cb.process
    def visit(self):
        """Wait for a clerk with an alarm set, be served."""
        came, me = cb.now(), cb.this_process()
        me.timer_set(cb.random.exponential(self.bank.patience), WALKS_OUT)
        if self.bank.clerks.acquire() == WALKS_OUT:
            self.bank.gone += 1
        else:
            me.timers_clear()
            self.bank.waits.record(cb.now() - came)
            cb.hold(cb.random.exponential(1.0))
            self.bank.clerks.release()
        cb.release(self)


class Impatient(cb.Model):
    """M/M/5+M: customers are spawned and have an alarm each."""

    gap: cb.Input[float] = inputs.dist.exponential(mean=1.0)
    patience: cb.Param[float]
    clerks: cb.Resource = cb.Resource(capacity=5)
    waits: cb.Dataset
    came: int = 0
    gone: int = 0
    wait: cb.Output[float]
    customers: cb.Output[int]
    left: cb.Output[int]

    @cb.process
    def arrivals(self):
        """One after the other."""
        while True:
            cb.hold(self.gap.next())
            cb.spawn(Visitor, bank=self)
            self.came += 1

    @cb.on_end
    def measure(self):
        """Means of the replication."""
        self.wait, self.customers, self.left = self.waits.sample_mean(), self.came, self.gone


def mm5(load: float, theta: float, runs: int, seed: int) -> Done:
    """M/M/5 with mean service 1."""
    model = Impatient() if theta else Patient()
    model.gap = inputs.dist.exponential(mean=1 / load)
    if theta:
        model.patience = 1 / theta
    window = cb.Window(duration=MINUTES)
    result = cb.Experiment(model, replications=runs, window=window, seed=seed).run(workers=1, on_failure="raise")[model]
    return Done(float(result.customers.values.sum()), list(result.wait.values[0]), list(result.left.values[0]))


class Customer(cb.Model):
    """A customer of the plain branch."""

    branch: cb.Ref["Branch"]
    kind: int

    @cb.process
    def visit(self):
        """A machine first for self-service, then, if need be, a counter."""
        came, me = cb.now(), cb.this_process()
        patience = cb.random.exponential(PATIENCE)
        me.timer_set(patience, WALKS_OUT)
        if self.kind == SELF:
            if self.branch.machines.acquire() == WALKS_OUT:
                self.branch.gone += 1
            else:
                me.timers_clear()
                before = cb.now() - came
                cb.hold(cb.random.lognormal(MACHINE_MU, MACHINE_SIGMA))
                self.branch.machines.release()
                if cb.random.bernoulli(FALLBACK):
                    me.timer_set(max(0.0, patience - before), WALKS_OUT)
                    self.branch.pay(SELF_MEAN, before)
        elif self.kind == CASH:
            self.branch.pay(CASH_MEAN, 0.0)
        elif self.kind == ADVICE:
            self.branch.advise(ADVICE_MU, 0)
        else:
            self.branch.advise(VIP_MU, 1)
        cb.release(self)


class Source(cb.Model):
    """Customers of one kind, at another rate each half hour."""

    branch: cb.Ref["Branch"]
    kind: int = 0
    hourly: cb.Param[float]
    profile: cb.Array[float] = cb.Array(list(PROFILE))

    @cb.process
    def arrivals(self):
        """One after the other; a gap beyond the half hour is drawn anew."""
        for i in range(len(self.profile)):
            rate, end = self.hourly / 60.0 * self.profile[i], 30.0 * (i + 1)
            while True:
                gap = cb.random.exponential(1.0 / rate)
                if cb.now() + gap >= end:
                    cb.hold(end - cb.now())
                    break
                cb.hold(gap)
                cb.spawn(Customer, branch=self.branch, kind=self.kind)


class Branch(cb.Model):
    """The plain branch."""

    cash: cb.Resource = cb.Resource(capacity=5)
    advisers: cb.Resource = cb.Resource(capacity=4)
    machines: cb.Resource = cb.Resource(capacity=4)
    sources: list[Source]
    waits: cb.Dataset
    gone: int = 0
    wait: cb.Output[float]
    left: cb.Output[int]

    def __init__(self) -> None:
        sources = []
        for kind, name in enumerate(KINDS):
            source = Source()
            source.branch, source.kind, source.hourly = self, kind, HOURLY[name]
            sources.append(source)
        self.sources = sources

    @cb.function
    def pay(self, mean: float, before: float) -> None:
        """A cash window; the alarm is set, ``before`` is what was waited at the machines."""
        came = cb.now()
        if self.cash.acquire() == WALKS_OUT:
            self.gone += 1
        else:
            cb.this_process().timers_clear()
            self.waits.record(before + cb.now() - came)
            cb.hold(cb.random.exponential(mean))
            self.cash.release()

    @cb.function
    def advise(self, mu: float, priority: int) -> None:
        """An adviser; the alarm is set, higher priority goes first."""
        came = cb.now()
        if self.advisers.acquire(1, priority) == WALKS_OUT:
            self.gone += 1
        else:
            cb.this_process().timers_clear()
            self.waits.record(cb.now() - came)
            cb.hold(cb.random.lognormal(mu, SIGMA))
            self.advisers.release()

    @cb.on_end
    def measure(self):
        """Means of the day."""
        self.wait, self.left = self.waits.sample_mean(), self.gone


def day(days: int, seed: int) -> Done:
    """Days of the plain branch, each until nobody is left."""
    model = Branch()
    result = cb.Experiment(model, replications=days, seed=seed).run(workers=1, on_failure="raise")[model]
    return Done(float(days), list(result.wait.values[0]), list(result.left.values[0]))
