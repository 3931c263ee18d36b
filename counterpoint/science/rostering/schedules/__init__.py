"""Whole shifts on days: who works which shift, by column generation.

``solve(ScheduleProblem)`` finds, ``judge`` measures without a solver, ``curtois_qu.read`` reads the public benchmark.
The search knows a family of problems only by its ``Pricer``. Shifts made of activities in quarter hours:
``counterpoint.science.rostering.activities``.
"""

from counterpoint.science.rostering.schedules.columns import Column as Column
from counterpoint.science.rostering.schedules.columns import Demand as Demand
from counterpoint.science.rostering.schedules.columns import Part as Part
from counterpoint.science.rostering.schedules.columns import Priced as Priced
from counterpoint.science.rostering.schedules.columns import Pricer as Pricer
from counterpoint.science.rostering.schedules.judge import Breach as Breach
from counterpoint.science.rostering.schedules.judge import Verdict as Verdict
from counterpoint.science.rostering.schedules.judge import judge as judge
from counterpoint.science.rostering.schedules.problem import OFF as OFF
from counterpoint.science.rostering.schedules.problem import Cover as Cover
from counterpoint.science.rostering.schedules.problem import Employee as Employee
from counterpoint.science.rostering.schedules.problem import Fixed as Fixed
from counterpoint.science.rostering.schedules.problem import Plan as Plan
from counterpoint.science.rostering.schedules.problem import Request as Request
from counterpoint.science.rostering.schedules.problem import ScheduleProblem as ScheduleProblem
from counterpoint.science.rostering.schedules.problem import ShiftType as ShiftType
from counterpoint.science.rostering.schedules.solve import ScheduleResult as ScheduleResult
from counterpoint.science.rostering.schedules.solve import solve as solve

__all__ = [
    "OFF", "Breach", "Column", "Cover", "Demand", "Employee", "Fixed", "Part", "Plan", "Priced", "Pricer", "Request",
    "ScheduleProblem", "ScheduleResult", "ShiftType", "Verdict", "judge", "solve",
]  # fmt: skip
