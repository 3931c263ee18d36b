"""The walking minutes of a plan in the twin's branch."""

from __future__ import annotations

from dataclasses import replace

from counterpoint.science.floorplan.plan import FloorPlan
from counterpoint.science.floorplan.ways import Walks, walks
from counterpoint.science.twin import BranchModel


def with_walking(model: BranchModel, plan: FloorPlan | Walks, *, counters: bool = True) -> BranchModel:
    """The branch with the minutes from the chairs that the plan says; what is not on the plan keeps its own.

    Leave ``counters`` out where counter times were measured from the call: the walk is in them already. Raises
    PlanError when no way leads to a counter or device.
    """
    found = plan if isinstance(plan, Walks) else walks(plan)
    known = {(place.kind, place.code) for place in found.plan.places}
    return replace(
        model,
        counters=tuple(
            replace(c, walk=found.minutes("counter", c.code)) if counters and ("counter", c.code) in known else c
            for c in model.counters
        ),
        devices=tuple(
            replace(d, walk=found.minutes("device", d.code)) if ("device", d.code) in known else d
            for d in model.devices
        ),
    )  # fmt: skip
