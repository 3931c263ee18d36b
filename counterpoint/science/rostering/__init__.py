"""Rosters: who works when, eats when and stands where, within law, contracts, skills and wishes.

``solve(RosterProblem)`` finds, ``evaluate`` judges without a solver, ``diagnose`` says why there is none and what can
be done, ``repair`` changes little after a sick call, ``explain`` tells why a shift is there, ``ledger`` who bears what.
Other families of problems (whole shifts, activities), and one door to all of them: ``families``.
"""

from counterpoint.science.rostering.byhand import moved_ends as moved_ends
from counterpoint.science.rostering.byhand import pinned as pinned
from counterpoint.science.rostering.checks import Violation as Violation
from counterpoint.science.rostering.conflict import Conflict as Conflict
from counterpoint.science.rostering.conflict import conflicts as conflicts
from counterpoint.science.rostering.conflict import first_conflict as first_conflict
from counterpoint.science.rostering.conflict import holds as holds
from counterpoint.science.rostering.evaluate import Evaluation as Evaluation
from counterpoint.science.rostering.evaluate import evaluate as evaluate
from counterpoint.science.rostering.explain import Alternative as Alternative
from counterpoint.science.rostering.explain import Bound as Bound
from counterpoint.science.rostering.explain import Explanation as Explanation
from counterpoint.science.rostering.explain import alternatives as alternatives
from counterpoint.science.rostering.explain import bounds as bounds
from counterpoint.science.rostering.explain import explain as explain
from counterpoint.science.rostering.explain import fresh as fresh
from counterpoint.science.rostering.fairness import Entry as Entry
from counterpoint.science.rostering.fairness import Ledger as Ledger
from counterpoint.science.rostering.fairness import ledger as ledger
from counterpoint.science.rostering.model import Item as Item
from counterpoint.science.rostering.problem import Core as Core
from counterpoint.science.rostering.problem import Costs as Costs
from counterpoint.science.rostering.problem import Day as Day
from counterpoint.science.rostering.problem import Flexible as Flexible
from counterpoint.science.rostering.problem import History as History
from counterpoint.science.rostering.problem import LunchRules as LunchRules
from counterpoint.science.rostering.problem import Minimum as Minimum
from counterpoint.science.rostering.problem import Person as Person
from counterpoint.science.rostering.problem import Pin as Pin
from counterpoint.science.rostering.problem import Preference as Preference
from counterpoint.science.rostering.problem import Reserve as Reserve
from counterpoint.science.rostering.problem import RosterProblem as RosterProblem
from counterpoint.science.rostering.problem import Rule as Rule
from counterpoint.science.rostering.problem import ShiftRules as ShiftRules
from counterpoint.science.rostering.problem import Skill as Skill
from counterpoint.science.rostering.problem import Template as Template
from counterpoint.science.rostering.problem import TwoPerson as TwoPerson
from counterpoint.science.rostering.problem import Waiver as Waiver
from counterpoint.science.rostering.problem import Window as Window
from counterpoint.science.rostering.relax import BORROWED_HOUR as BORROWED_HOUR
from counterpoint.science.rostering.relax import Diagnosis as Diagnosis
from counterpoint.science.rostering.relax import Relaxation as Relaxation
from counterpoint.science.rostering.relax import diagnose as diagnose
from counterpoint.science.rostering.repair import Absence as Absence
from counterpoint.science.rostering.repair import Repair as Repair
from counterpoint.science.rostering.repair import repair as repair
from counterpoint.science.rostering.roster import Break as Break
from counterpoint.science.rostering.roster import Roster as Roster
from counterpoint.science.rostering.roster import Shift as Shift
from counterpoint.science.rostering.roster import Task as Task
from counterpoint.science.rostering.search import Limit as Limit
from counterpoint.science.rostering.search import Progress as Progress
from counterpoint.science.rostering.solve import RosterResult as RosterResult
from counterpoint.science.rostering.solve import solve as solve

__all__ = [
    "BORROWED_HOUR", "Absence", "Alternative", "Bound", "Break", "Conflict", "Core", "Costs", "Day", "Diagnosis",
    "Entry", "Evaluation", "Explanation", "Flexible", "History", "Item", "Ledger", "Limit", "LunchRules", "Minimum",
    "Person", "Pin", "Preference", "Progress", "Relaxation", "Repair", "Reserve", "Roster", "RosterProblem",
    "RosterResult", "Rule", "Shift", "ShiftRules", "Skill", "Task", "Template", "TwoPerson", "Violation", "Waiver",
    "Window", "alternatives", "bounds", "conflicts", "diagnose", "evaluate", "explain", "first_conflict", "fresh",
    "holds", "ledger", "moved_ends", "pinned", "repair", "solve",
]  # fmt: skip
