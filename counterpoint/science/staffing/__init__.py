"""Staffing: people per interval and skill group for a promise such as "90 % wait under 15 minutes".

::

    from counterpoint.science import staffing

    result = staffing.require(problem)                     # formula: sipp, lag or mol, with Erlang C or A
    checked = staffing.refine(result, simulate=staffing.by_twin(problem), seed=7)
"""

from counterpoint.science.staffing.check import Simulated as Simulated
from counterpoint.science.staffing.check import Verification as Verification
from counterpoint.science.staffing.check import refine as refine
from counterpoint.science.staffing.check import verify as verify
from counterpoint.science.staffing.load import offered_load as offered_load
from counterpoint.science.staffing.problem import Promise as Promise
from counterpoint.science.staffing.problem import ServiceLoad as ServiceLoad
from counterpoint.science.staffing.problem import SharedCounters as SharedCounters
from counterpoint.science.staffing.problem import StaffingError as StaffingError
from counterpoint.science.staffing.problem import StaffingProblem as StaffingProblem
from counterpoint.science.staffing.require import StaffingResult as StaffingResult
from counterpoint.science.staffing.require import require as require
from counterpoint.science.staffing.simulated import by_twin as by_twin

__all__ = [
    "Promise", "ServiceLoad", "SharedCounters", "Simulated", "StaffingError", "StaffingProblem", "StaffingResult",
    "Verification", "by_twin", "offered_load", "refine", "require", "verify",
]  # fmt: skip
