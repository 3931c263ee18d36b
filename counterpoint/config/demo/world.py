"""A branch as the twin sees it: services and tiers from content, counters by kind, the people of one day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from counterpoint.config.demo.cast import BranchPlan, PersonPlan
from counterpoint.primitives.content import items
from counterpoint.role.api import ServiceType, marks_of, service_types, tiers
from counterpoint.science import twin

HOURLY = (12.0, 16.0, 14.0, 9.0, 9.0, 14.0, 14.5, 11.5)  # per cent of a weekday from 9 to 17 h (operations model)
WEEKDAY = (1.20, 1.0, 0.95, 0.95, 1.05, 0.65, 0.50)
RAIN = 0.75
RAINY_SHARE = 0.08
DAY_SD = 0.07
INTERVAL = 30
LUNCHES = (675, 705, 735, 765)
MACHINES = ("crs", "stm")
PUSHED = 0.15  # of the added customers of a payday, the share that comes in the first two hours on top of the profile


def kind_skills(on: date) -> dict[str, tuple[str, ...]]:
    """What counters of a kind can do, from the hall's content."""
    return {key: tuple(item.value.skills) for key, item in items("counter_kinds", on).items()}


def services_of_skills(services: dict[str, ServiceType], skills: Sequence[str]) -> tuple[str, ...]:
    """Keys of the services that need one of the skills."""
    return tuple(key for key, service in services.items() if service.skill in skills)


def model_of(plan: BranchPlan, on: date) -> twin.BranchModel:
    """The branch on a date. Counter codes are the counter numbers."""
    services, kinds = service_types(on), kind_skills(on)
    here = {kind for _code, _name, kind in plan.devices}
    spans = plan.hours.get(on.weekday(), ()) or plan.hours[0]
    return twin.BranchModel(
        services=tuple(_service(one, here) for one in services.values()),
        counters=tuple(
            twin.Counter(str(number), services_of_skills(services, kinds.get(kind, (kind,))))
            for number, kind in enumerate(plan.counters, 1)
        ),
        tiers=tuple(
            twin.Tier(t.key, t.share, t.priority, t.promise_minutes, t.patience_factor, t.key == "standard")
            for t in tiers(on).values()
        ),
        devices=tuple(twin.Device(code, kind) for code, _name, kind in plan.devices if kind in MACHINES),
        triage=twin.Triage(),
        open_minute=float(spans[0][0]),
        close_minute=float(spans[-1][1]),
    )


def _service(one: ServiceType, here: set[str]) -> twin.Service:
    counter = twin.Duration(one.counter_minutes, one.counter_cv)
    if one.device not in here or one.self_minutes is None:
        return twin.Service(one.key, counter)
    return twin.Service(one.key, counter, "", one.device, twin.Duration(one.self_minutes, 0.4), one.divertible)


def staffing_of(plan: BranchPlan, model: twin.BranchModel, on: date) -> twin.Staffing:
    """One able person a counter with lunch in rotation; at weekends two thirds of them; the lobby throughout."""
    services, kinds = service_types(on), kind_skills(on)
    start, end = model.open_minute - 30, model.close_minute + 15
    free = [p for p in plan.people if p.skills]
    people = []
    for place, (number, kind) in enumerate(seats(plan, on)):
        person = _pick(free, kind)
        if person is None:
            continue
        free.remove(person)
        skills = services_of_skills(services, kinds.get(kind, (kind,)))
        lunch = ((float(LUNCHES[place % len(LUNCHES)]), 30.0),)
        people.append(twin.Person(person.staff_no, skills, ((start, end),), lunch, str(number), person.speed))
    for place, person in enumerate(plan.of_role("lobby_manager")):
        lunch = ((LUNCHES[(place + 1) % len(LUNCHES)] + 0.0, 30.0),)
        people.append(twin.Person(person.staff_no, (), ((start, end),), lunch, "lobby", person.speed))
    return twin.Staffing(tuple(people))


def seats(plan: BranchPlan, on: date) -> list[tuple[int, str]]:
    """Counters that are to be staffed on a date: all on weekdays, at weekends every kind but fewer of each."""
    numbered = list(enumerate(plan.counters, 1))
    if on.weekday() < 5:
        return numbered
    kept, seen = [], dict.fromkeys(plan.counters, 0)
    for number, kind in numbered:
        seen[kind] += 1
        if seen[kind] <= -(-plan.counters.count(kind) * 2 // 3):
            kept.append((number, kind))
    return kept


def _pick(free: list[PersonPlan], kind: str) -> PersonPlan | None:
    """The specialist of a counter's kind; the supervisor stays at the desk unless nobody else can."""
    able = [p for p in free if any(skill == kind for skill, _level in p.skills)]
    return min(able, key=lambda p: (p.role == "supervisor", len(p.skills)), default=None)


def half_hours(model: twin.BranchModel) -> int:
    """Intervals of a day."""
    return int(np.ceil((model.close_minute - model.open_minute) / INTERVAL))


def rates_of(plan: BranchPlan, model: twin.BranchModel, on: date, *, seed: int) -> NDArray[np.float64]:
    """Expected arrivals, services × half hours: weekday, marks of the day, rain and the day's own luck by its seed."""
    services = service_types(on)
    shares = np.array([services[code].share for code in model.service_codes])
    luck = np.random.default_rng([seed, on.toordinal(), int(plan.code[1:])])
    factor = WEEKDAY[on.weekday()] * float(np.exp(luck.normal(-(DAY_SD**2) / 2, DAY_SD)))
    factor *= RAIN if np.random.default_rng([seed, on.toordinal()]).uniform() < RAINY_SHARE else 1.0
    profile = _profile(model)
    added = np.zeros_like(profile)
    for mark in marks_of(on):
        more = factor * (mark.factor - 1)
        added[:4] += PUSHED * more / 4
        factor += (1 - PUSHED) * more
    return np.asarray(plan.customers * np.outer(shares / shares.sum(), factor * profile + added))


def _profile(model: twin.BranchModel) -> NDArray[np.float64]:
    """Share of a weekday's customers in each half hour from opening, of the hours that the branch is open."""
    middles = model.open_minute + INTERVAL * (np.arange(half_hours(model)) + 0.5)
    hours = np.arange(len(HOURLY)) * 60 + 570.0
    return np.asarray(np.interp(middles, hours, np.array(HOURLY) / sum(HOURLY)) / 2)
