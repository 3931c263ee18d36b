"""Shifts made of activities in quarter hours: who works when and on what, each quarter hour's cover kept.

``solve(ActivityProblem)`` finds, ``judge`` measures without a solver, ``retail.read`` reads the public benchmark.
"""

from counterpoint.science.rostering.activities.problem import ActivityCover as ActivityCover
from counterpoint.science.rostering.activities.problem import ActivityProblem as ActivityProblem
from counterpoint.science.rostering.activities.problem import ActivityShift as ActivityShift
from counterpoint.science.rostering.activities.problem import ActivityVerdict as ActivityVerdict
from counterpoint.science.rostering.activities.problem import Block as Block
from counterpoint.science.rostering.activities.problem import Contract as Contract
from counterpoint.science.rostering.activities.problem import judge as judge
from counterpoint.science.rostering.activities.solve import ActivityResult as ActivityResult
from counterpoint.science.rostering.activities.solve import solve as solve

__all__ = [
    "ActivityCover", "ActivityProblem", "ActivityResult", "ActivityShift", "ActivityVerdict", "Block", "Contract",
    "judge", "solve",
]  # fmt: skip
