"""A branch's floor plan beside the windows and machines that stand there now, and the cameras of its register."""

from dataclasses import dataclass
from datetime import date

from counterpoint.foundation.api import Counter, Device, OrgUnit, Scope, enter, scoped
from counterpoint.onsite.floors import Floor, floor_of
from counterpoint.onsite.verbs import VIEW

CAMERA = "camera"


@dataclass(frozen=True)
class Furnished:
    """A plan; windows as number → kind, machines as code → (name, kind), as the branch has them.

    `cameras` are those of the register as code → whether it works.
    """

    floor: Floor
    counters: dict[int, str]
    devices: dict[str, tuple[str, str]]
    cameras: dict[str, bool]


def furnished(*, scope: Scope, branch: OrgUnit, on: date) -> Furnished | None:
    """The plan in force; None without one."""
    enter(scope, branch, VIEW)
    floor = floor_of(branch, on)
    if floor is None:
        return None
    with scoped(scope):
        counters = dict(Counter.objects.filter(org_unit=branch).values_list("number", "kind"))
        devices = list(Device.objects.filter(org_unit=branch, retired_at=None))
    return Furnished(
        floor, counters, {d.code: (d.name, d.kind) for d in devices},
        {d.code: d.in_service for d in devices if d.kind == CAMERA},
    )  # fmt: skip
