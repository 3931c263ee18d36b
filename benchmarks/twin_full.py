"""The full branch day beside the same model in SimPy: same statistics, one run, one core.

Run: ``python -m benchmarks.twin_full [rounds]`` after ``pip install simpy==4.1.1`` (no dependency of the product).
Two lobby managers greet 60 % of those who come and show a share to four machines; 12 % of machine users fall back to a
counter. Six clerks and three advisers with overlapping skills, set up in half a minute for another service, go to lunch
one after the other. A called customer walks 24 seconds; a quarter of the accounts lack a form, filled in aside; half
the accounts are handed on to an adviser; a third of the cash needs an authorisation from the one person at the duty
desk. VIPs go first everywhere; people walk out. Waits of those called and walk-outs are printed with z scores.
"""

from __future__ import annotations

import math
import random
import statistics
import sys
import time
from collections.abc import Generator
from dataclasses import dataclass, field

import numpy as np
import simpy

from benchmarks.twin_peers.shared import CLOSE, CV, OPEN, OVERRUN, PROFILE, Done, sigma_of, z_score
from counterpoint.science import twin

HOURLY = {"cash": 40.0, "account": 12.0, "advice": 6.0}
WORK = {"cash": 5.0, "account": 9.0, "advice": 18.0}
CLERK, ADVISER = ("cash", "account"), ("account", "advice")
GREET, SHARE, SELF, FALLBACK, DIVERT = 0.8, 0.6, 4.0, 0.12, 0.4
WALK, SWITCH, FORM, FORM_SHARE, PART, ONWARD, AUTHORISED, AUTHORISE = 0.4, 0.5, 4.0, 0.25, 0.25, 0.5, 0.33, 0.8
PATIENCE, VIP, LUNCH = 35.0, 0.08, 30.0
STAFF = [*((CLERK, 690.0 + 30 * i) for i in range(6)), *((ADVISER, 690.0 + 30 * i) for i in range(3))]
Steps = Generator[simpy.Event, object, object]


def branch() -> tuple[twin.BranchModel, twin.Staffing]:
    """The branch and its people."""
    minutes = twin.Duration
    services = (
        twin.Service("cash", minutes(WORK["cash"], CV), device="m", self_service=minutes(SELF, CV), divertible=DIVERT,
                     fallback=FALLBACK, authorised=AUTHORISED),
        twin.Service("account", minutes(WORK["account"], CV), onward="advice", onward_share=ONWARD,
                     form=minutes(FORM, CV), form_share=FORM_SHARE),
        twin.Service("advice", minutes(WORK["advice"], CV)),
    )  # fmt: skip
    counters = tuple(twin.Counter(f"k{i}", skills, walk=WALK) for i, (skills, _) in enumerate(STAFF))
    model = twin.BranchModel(
        services, counters, (twin.Tier("vip", VIP, 0), twin.Tier("normal", 1 - VIP, 1)),
        tuple(twin.Device(f"m{i}", "m") for i in range(4)), minutes(PATIENCE, CV), None,
        twin.Triage(minutes(GREET, CV), SHARE), OPEN, CLOSE, OVERRUN, uptake=1.0, unassisted=0.5, switch_minutes=SWITCH,
        authorisation=twin.Help(minutes(AUTHORISE, CV), minutes(3.0, CV)),
    )  # fmt: skip
    shift = ((OPEN - 1, CLOSE + OVERRUN),)
    people = [twin.Person(f"p{i}", s, shift, ((at, LUNCH),), f"k{i}") for i, (s, at) in enumerate(STAFF)]
    people += [twin.Person(f"l{i}", (), shift, (), "lobby") for i in range(2)]
    return model, twin.Staffing((*people, twin.Person("d", (), shift, (), "desk")))


def twin_days(days: int, seed: int) -> Done:
    """Days of the twin."""
    model, staffing = branch()
    rates = np.outer([HOURLY[s.code] for s in model.services], PROFILE) / 2
    result = twin.simulate(model, staffing, rates, days, seed=seed, rows=False)
    return Done(days, list(result.kpis["wait_mean"]), list(result.kpis["abandoned"]))


# --- SimPy: a process a customer and a process a clerk; clerks look for the first ticket that they can serve ---------


@dataclass(eq=False)
class Customer:
    """One visit: what it is for, since when it waits, and the event of its call."""

    service: str
    vip: bool
    came: float
    patience: float
    waited: float = 0.0
    done: float = 0.0
    work: float = 0.0
    formed: bool = False
    called: simpy.Event | None = None
    over: simpy.Event | None = None

    @property
    def rank(self) -> tuple[bool, float]:
        """Place in the order of calling."""
        return not self.vip, self.came


@dataclass
class Hall:
    """Everything of one day in SimPy."""

    env: simpy.Environment
    rng: random.Random
    lobby: simpy.PriorityResource
    machines: simpy.PriorityResource
    desk: simpy.Resource
    queue: list[Customer] = field(default_factory=list)
    idle: list[tuple[tuple[str, ...], simpy.Event]] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    gone: int = 0

    def minutes(self, mean: float) -> float:
        """A log-normal duration."""
        sigma = sigma_of(CV)
        return self.rng.lognormvariate(math.log(mean) - sigma * sigma / 2, sigma)

    def wait_for(self, resource: simpy.PriorityResource, who: Customer) -> Steps:
        """Queue for a resource until patience is used up; the request, or None."""
        request, since = resource.request(priority=0 if who.vip else 1), self.env.now
        found = yield request | self.env.timeout(max(0.0, who.patience - who.waited))
        who.waited += self.env.now - since
        if request in found:
            return request
        request.cancel()
        self.gone += 1
        return None

    def visit(self, who: Customer) -> Steps:
        """The customer's way."""
        env, greeted = self.env, self.rng.random() < SHARE
        if greeted:
            request = yield from self.wait_for(self.lobby, who)
            if request is None:
                return
            yield env.timeout(self.minutes(GREET))
            self.lobby.release(request)
        if who.service == "cash" and self.rng.random() < DIVERT * (1.0 if greeted else 0.5):
            request = yield from self.wait_for(self.machines, who)
            if request is None:
                return
            yield env.timeout(self.minutes(SELF))
            self.machines.release(request)
            if self.rng.random() >= FALLBACK:
                return
        who.work = self.minutes(WORK[who.service])
        while True:
            since, who.called, who.over = env.now, env.event(), env.event()
            self.queue.append(who)
            self.queue.sort(key=lambda c: c.rank)
            self.wake(who.service)
            found = yield who.called | env.timeout(max(0.0, who.patience - who.waited))
            who.waited += env.now - since
            if who.called not in found:
                self.queue.remove(who)
                self.gone += 1
                return
            what = yield who.over
            if what == "form":
                yield env.timeout(self.minutes(FORM))
            elif what == "onward":
                who.service, who.done, who.work = "advice", 0.0, self.minutes(WORK["advice"])
            else:
                self.waits.append(who.waited)
                return

    def wake(self, service: str) -> None:
        """Tell the first idle clerk who can serve it."""
        for entry in self.idle:
            if service in entry[0] and not entry[1].triggered:
                self.idle.remove(entry)
                entry[1].succeed()
                return

    def clerk(self, skills: tuple[str, ...], lunch: float) -> Steps:
        """One clerk's day."""
        env, last, eaten = self.env, "", False
        while True:
            if not eaten and env.now >= lunch:
                eaten = True
                yield env.timeout(LUNCH)
                continue
            who = next((c for c in self.queue if c.service in skills and not c.called.triggered), None)
            if who is None:
                woken = env.event()
                self.idle.append((skills, woken))
                yield woken if eaten else woken | env.timeout(lunch - env.now)
                self.idle = [entry for entry in self.idle if entry[1] is not woken]
                continue
            self.queue.remove(who)
            who.called.succeed()
            lead = WALK + (SWITCH if last not in ("", who.service) else 0.0)
            last = who.service
            asks_form = who.service == "account" and not who.formed and self.rng.random() < FORM_SHARE
            who.formed = True
            work = (PART if asks_form else 1.0) * who.work - who.done
            yield env.timeout(lead + max(0.0, work))
            if asks_form:
                who.done = PART * who.work
                who.over.succeed("form")
                continue
            if who.service == "cash" and self.rng.random() < AUTHORISED:
                with self.desk.request() as request:
                    yield request
                    yield env.timeout(self.minutes(AUTHORISE))
            onward = who.service == "account" and self.rng.random() < ONWARD
            who.over.succeed("onward" if onward else "done")

    def source(self, service: str) -> Steps:
        """Customers of one service."""
        for share in PROFILE:
            rate, end = HOURLY[service] / 60 * share, self.env.now + 30.0
            while True:
                gap = self.rng.expovariate(rate)
                if self.env.now + gap >= end:
                    yield self.env.timeout(end - self.env.now)
                    break
                yield self.env.timeout(gap)
                vip = self.rng.random() < VIP
                self.env.process(self.visit(Customer(service, vip, self.env.now, self.minutes(PATIENCE))))


def simpy_days(days: int, seed: int) -> Done:
    """Days of SimPy."""
    done = Done(float(days), [], [])
    for day in range(days):
        env = simpy.Environment(initial_time=OPEN)
        hall = Hall(
            env, random.Random(seed + day), simpy.PriorityResource(env, 2), simpy.PriorityResource(env, 4),
            simpy.Resource(env, 1),
        )  # fmt: skip
        for service in HOURLY:
            env.process(hall.source(service))
        for skills, lunch in STAFF:
            env.process(hall.clerk(skills, lunch))
        env.run(until=CLOSE + OVERRUN)
        done.waits.append(statistics.fmean(hall.waits))
        done.gone.append(float(hall.gone))
    return done


def main(rounds: int = 3) -> None:
    """Print days a second and how well the two agree."""
    runs = {"twin": (twin_days, 600), "SimPy": (simpy_days, 150)}
    twin_days(2, 1)
    speed: dict[str, list[float]] = {name: [] for name in runs}
    seen = {name: Done(0.0, [], []) for name in runs}
    for turn in range(rounds):
        for name, (run, n) in runs.items():
            begin = time.process_time()
            done = run(n, 1000 * turn + 7)
            speed[name].append(n / (time.process_time() - begin))
            seen[name].waits.extend(done.waits)
            seen[name].gone.extend(done.gone)
    median = {name: statistics.median(values) for name, values in speed.items()}
    for name, found in seen.items():
        print(
            f"{name:6} {median[name]:10,.1f} full days/s  x SimPy {median[name] / median['SimPy']:7.1f}"
            f"   mean wait {statistics.fmean(found.waits):.3f} (z {z_score(seen['twin'].waits, found.waits):+.1f})"
            f"   left {statistics.fmean(found.gone):.2f} (z {z_score(seen['twin'].gone, found.gone):+.1f})"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
