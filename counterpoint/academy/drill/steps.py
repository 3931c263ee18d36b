"""What a scenario says happens in the hall, as commands of the twin for one branch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from counterpoint.academy.catalogue.branch_models import LOBBY
from counterpoint.academy.drill.branches import Branch
from counterpoint.academy.rules.happening import Step
from counterpoint.academy.science import twin

USUAL_PACE = 1.0


def commands_of(steps: Iterable[Step], branch: Branch) -> tuple[twin.Command, ...]:
    """Commands with minutes counted from the moment at which the steps are taken.

    What a branch does not have (a service, a kind of machine, a second teller) is left out.
    """
    return tuple(command for step in steps for command in MAKERS[step.do](step, branch))


def _come(step: Step, branch: Branch) -> Iterator[twin.Command]:
    if step.service not in branch.model.service_codes:
        return
    count = round(step.percent / 100 * float(branch.rates.sum()) / len(branch.rates))
    tier = step.tier if step.tier in branch.model.tier_codes else None
    yield twin.AddCustomers(float(step.after), step.service, count, float(step.minutes) or 1.0, tier)


def _machines(step: Step, branch: Branch) -> list[str]:
    found = [one.code for one in branch.model.devices if step.kind in ("", one.kind)]
    return found[: step.count] if step.count else found


def _down(step: Step, branch: Branch) -> Iterator[twin.Command]:
    for code in _machines(step, branch):
        yield twin.DeviceDown(float(step.after), code)
        if step.minutes:
            yield twin.DeviceUp(float(step.after + step.minutes), code)


def _up(step: Step, branch: Branch) -> Iterator[twin.Command]:
    for code in _machines(step, branch):
        yield twin.DeviceUp(float(step.after), code)


def _pace(step: Step, _branch: Branch) -> Iterator[twin.Command]:
    yield twin.SetPace(float(step.after), step.percent / 100)
    if step.minutes:
        yield twin.SetPace(float(step.after + step.minutes), USUAL_PACE)


def _send_home(step: Step, branch: Branch) -> Iterator[twin.Command]:
    if step.service in ("", *branch.model.service_codes):
        yield twin.Dismiss(float(step.after), step.service or None)


def _people(step: Step, branch: Branch) -> list[tuple[twin.Person, ...]]:
    """The people meant, each with all their stretches of the day; the longest first."""
    sits = [one for one in branch.staffing.people if _meant(step, one, branch)]
    workers = list(dict.fromkeys(one.code.partition("#")[0] for one in sits))
    stretches = [
        tuple(one for one in branch.staffing.people if one.code.partition("#")[0] == worker) for worker in workers
    ]
    return stretches[: step.count]


def _meant(step: Step, one: twin.Person, branch: Branch) -> bool:
    if step.lobby:
        return one.post == LOBBY
    windows = {counter.code: counter.services for counter in branch.model.counters}
    return step.service in one.skills and step.service in windows.get(one.post or "", ())


def _absent(step: Step, branch: Branch) -> Iterator[twin.Command]:
    for stretches in _people(step, branch):
        yield from (twin.EndShift(float(step.after), one.code) for one in stretches)


def _away(step: Step, branch: Branch) -> Iterator[twin.Command]:
    for stretches in _people(step, branch):
        one = max(stretches, key=lambda person: person.shifts[-1][1] - person.shifts[0][0])
        yield twin.MovePerson(float(step.after), one.code, None)
        yield twin.MovePerson(float(step.after + step.minutes), one.code, one.post)


def _shut(step: Step, branch: Branch) -> Iterator[twin.Command]:
    for counter in branch.model.counters:
        yield twin.CloseCounter(float(step.after), counter.code)
        yield twin.OpenCounter(float(step.after + step.minutes), counter.code)


MAKERS: Mapping[str, Callable[[Step, Branch], Iterator[twin.Command]]] = {
    "come": _come,
    "machines_down": _down,
    "machines_up": _up,
    "pace": _pace,
    "send_home": _send_home,
    "absent": _absent,
    "away": _away,
    "windows_shut": _shut,
}
