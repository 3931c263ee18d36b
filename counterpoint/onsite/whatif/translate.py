"""From a ground and a scenario to what the twin takes: model, people, commands and arrivals. Science is loaded here."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from counterpoint.foundation.api import DomainError
from counterpoint.onsite.calibrated import with_fit
from counterpoint.onsite.whatif.ground import LOBBY, Business, Ground, Machine
from counterpoint.onsite.whatif.scenario import EVERY, USUAL_UPTAKE, Scenario, Span, clock
from counterpoint.onsite.whatif.seats import EXTRA, Seating, Stretch, seating

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from counterpoint.science import twin

OVERRUN = 60.0
FIRST = -10  # what the service called first is ahead of every tier


class Impossible(DomainError):
    """The scenario cannot be played: nobody on duty, no window for whoever was added."""

    code = "scenario_impossible"


@dataclass(frozen=True)
class Inputs:
    """What `twin.simulate` takes; `rates` are paths × services × half hours from `start`. `ends` are shift ends."""

    model: "twin.BranchModel"
    staffing: "twin.Staffing"
    commands: tuple[Any, ...]
    rates: "NDArray[Any]"
    start: float
    ends: dict[str, float]
    unserved: tuple[str, ...]
    standing: int


def inputs(ground: Ground, scenario: Scenario) -> Inputs:
    """Translate. Raises Impossible in words when nobody sits at a window or an added person finds none."""
    from counterpoint.science import twin

    seats = seating(ground, scenario)
    at_desks = [s for s in seats.seated if s.desk is not None]
    if not at_desks:
        raise Impossible(_("Nobody sits at a window on this day: keep at least one person, or add one."))
    _require_windows(seats)
    model = model_of(ground, scenario)
    staffing = twin.Staffing(tuple(_people(seats, ground, scenario)))
    return Inputs(
        model, staffing, tuple(commands_of(ground, scenario)), rates_of(ground, scenario, model), float(ground.start),
        _ends(seats, scenario), _unserved(ground, scenario, at_desks), len({s.worker for s in seats.standing}),
    )  # fmt: skip


def _require_windows(seats: Seating) -> None:
    lost = next((s for s in seats.standing if s.worker.startswith(EXTRA)), None)
    if lost is not None:
        raise Impossible(
            _("No window for %(skill)s is free from %(start)s to %(end)s: add fewer people, or at another time.")
            % {"skill": skill_name(lost.skill), "start": clock(lost.start), "end": clock(lost.end)}
        )


def skill_name(skill: str) -> str:
    """A skill in the reader's language."""
    from counterpoint.onsite.shown import skill_names

    return str(skill_names().get(skill, skill))


def model_of(ground: Ground, scenario: Scenario) -> "twin.BranchModel":
    """The branch under the scenario's rules. Machines are up; what fails comes as commands."""
    from counterpoint.science import twin

    kinds = {m.kind for m in ground.machines}
    able = {s.key: s.skill for s in ground.services}
    desks = tuple(
        twin.Counter(str(d.number), tuple(key for key, skill in able.items() if skill in d.skills), walk=d.walk)
        for d in ground.desks
    )
    found = twin.BranchModel(
        tuple(_service(s, kinds, FIRST if s.key == scenario.first else 0) for s in ground.services),
        desks, _tiers(ground, scenario), tuple(twin.Device(m.code, m.kind, m.works, m.walk) for m in ground.machines),
        triage=twin.Triage(), open_minute=float(ground.opens), close_minute=float(ground.closes),
        overrun_minutes=OVERRUN, uptake=scenario.uptake / 100,
    )  # fmt: skip
    if ground.fitted:
        return with_fit(found, ground.fitted)
    if not ground.patience:
        return found
    return replace(found, patience=twin.Duration(*ground.patience), balking=None)  # walk-outs were measured all in one


def _service(one: Business, kinds: set[str], priority: int) -> "twin.Service":
    from counterpoint.science import twin

    helped = one.device in kinds and one.self_minutes is not None
    return twin.Service(
        one.key, twin.Duration(one.minutes, one.cv), device=one.device if helped else None,
        self_service=twin.Duration(one.self_minutes) if helped and one.self_minutes else None,
        divertible=one.divertible if helped else 0.0, priority=priority,
    )  # fmt: skip


def _tiers(ground: Ground, scenario: Scenario) -> tuple["twin.Tier", ...]:
    from counterpoint.science import twin

    total = sum(t.share for t in ground.tiers)
    most = max(ground.tiers, key=lambda t: t.share)
    equal = {"priority": not scenario.seniors, "vip": not scenario.vips}
    return tuple(
        twin.Tier(
            t.key, t.share / total, most.priority if equal.get(t.key) else t.priority,
            float(scenario.promise) if scenario.promise and t.key == most.key else t.promise, t.patience_factor,
            t.key != "priority",
        )
        for t in ground.tiers
    )  # fmt: skip


def rates_of(ground: Ground, scenario: Scenario, model: "twin.BranchModel") -> "NDArray[Any]":
    """Customers through the door, paths × services × half hours.

    A ticket history and its forecast count only those who took a ticket; who did the business at a machine is added, as
    many as the usual use of machines says, so that a machine that fails sends them to the windows. Each path is one of
    the ground's equally likely sizes of the day.
    """
    import numpy as np

    triage = model.triage
    greeted = triage.share + (1 - triage.share) * model.unassisted if triage else 1.0
    willing = sum(t.share for t in model.tiers if t.divertible)
    more = dict(scenario.groups)
    rows = []
    for one, service in zip(ground.services, model.services, strict=True):
        machine = service.divertible * USUAL_UPTAKE / 100 * greeted * willing * (1 - service.fallback)
        grown = (1 + scenario.arrivals / 100) * (1 + more.get(one.skill, 0) / 100) / (1 - machine)
        rows.append(np.array(one.rates) * grown)
    return np.array(ground.factors)[:, None, None] * np.array(rows)[None]


def commands_of(ground: Ground, scenario: Scenario) -> list[Any]:
    """Surges, closed windows and failing machines, by minute."""
    from counterpoint.science import twin

    found: list[Any] = []
    for s in scenario.surges:
        minutes = float(s.end - s.start)
        found.append(twin.AddCustomers(float(s.start), s.service, s.count, minutes, s.tier or None))
    for span in joined(scenario.closed):
        found.append(twin.CloseCounter(float(span.start), span.what))
        if span.end < ground.closes:
            found.append(twin.OpenCounter(float(span.end), span.what))
    failing = [Span(m.code, o.start, o.end) for o in scenario.outages for m in ground.machines if _meant(o, m)]
    for span in joined(failing):
        found.append(twin.DeviceDown(float(span.start), span.what))
        if span.end < ground.closes:
            found.append(twin.DeviceUp(float(span.end), span.what))
    return sorted(found, key=lambda command: command.minute)


def _meant(outage: Span, machine: Machine) -> bool:
    return machine.works and outage.what in (EVERY, machine.kind, machine.code)


def joined(spans: list[Span] | tuple[Span, ...]) -> list[Span]:
    """Overlapping and touching spans of the same thing as one: nothing is reopened while another span still runs."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.what, s.start)):
        if found and found[-1].what == span.what and span.start <= found[-1].end:
            found[-1] = Span(span.what, found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def _people(seats: Seating, ground: Ground, scenario: Scenario) -> list["twin.Person"]:
    """One twin person a stretch; while service is slow, the same seat is held by a slower self."""
    from counterpoint.science import twin

    keys = {skill: tuple(s.key for s in ground.services if s.skill == skill) for skill in ground.skills}
    found = []
    for number, one in enumerate(seats.seated):
        able = tuple(key for skill in one.skills for key in keys.get(skill, ()))
        post = LOBBY if one.desk is None else str(one.desk)
        for n, (start, end, pace) in enumerate(paces(one, scenario)):
            code = f"{one.worker}#{number}.{n}"
            found.append(twin.Person(code, able, ((float(start), float(end)),), (), post, one.speed * pace))
    return found


def paces(one: Stretch, scenario: Scenario) -> list[tuple[int, int, float]]:
    """(start, end, factor of the speed) of a stretch."""
    slow = scenario.slow
    if slow is None or one.desk is None or slow.end <= one.start or one.end <= slow.start:
        return [(one.start, one.end, 1.0)]
    first, last = max(one.start, slow.start), min(one.end, slow.end)
    parts = [(one.start, first, 1.0), (first, last, slow.percent / 100), (last, one.end, 1.0)]
    return [(a, b, pace) for a, b, pace in parts if a < b]


def _ends(seats: Seating, scenario: Scenario) -> dict[str, float]:
    """Twin person → end of the person's day, for the last stretch of each: what is worked beyond is overtime."""
    ends = dict(seats.ends)
    last: dict[str, tuple[int, str]] = {}
    for number, one in enumerate(seats.seated):
        if one.worker not in last or one.end > last[one.worker][0]:
            code = f"{one.worker}#{number}.{len(paces(one, scenario)) - 1}"
            last[one.worker] = (one.end, code)
    return {code: float(max(ends[worker], end)) for worker, (end, code) in last.items()}


def _unserved(ground: Ground, scenario: Scenario, at_desks: list[Stretch]) -> tuple[str, ...]:
    """Services that somebody comes for and nobody at any window of the day can do."""
    equipped = {d.number: d.skills for d in ground.desks}
    able = {skill for s in at_desks for skill in s.skills if s.desk is not None and skill in equipped[s.desk]}
    asked = {s.key for s in ground.services if sum(s.rates) > 0} | {s.service for s in scenario.surges}
    return tuple(s.key for s in ground.services if s.key in asked and s.skill not in able)
