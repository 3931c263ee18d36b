# %% [markdown]
# # From arrivals to a roster that keeps its promise
#
# Required people per half hour (formula, checked by the twin), a roster by skills, law and wishes, a sick call, and a
# roster that cannot be. All data here is invented by `datasets` and simulated; nothing is measured at a real branch.

# %%
import dataclasses

from counterpoint.science import rostering, staffing
from counterpoint.science.rostering import Absence, Core, Limit, Minimum, Window
from counterpoint.science.rostering.datasets import branch_week
from counterpoint.science.staffing.datasets import branch_day

# %% [markdown]
# ## How many people, and when
# 90 % of customers wait at most 15 minutes. `mol` carries long services over into the next half hours.

# %%
day = branch_day(300)
needed = staffing.require(day)
checked = staffing.verify(needed, simulate=staffing.by_twin(day, replications=100), seed=7)
assert checked.holds, checked.summary()
assert min(needed.need["cash"]) >= 1
print(needed.summary())
print(checked.summary())

# %% [markdown]
# ## Two days for twelve people
# Demand is a cost, minimum posts are hard.

# %%
full = branch_week(people=12, seed=2)
people = tuple(dataclasses.replace(p, core=(), preferences=(), unavailable=()) for p in full.people)
week = dataclasses.replace(
    full,
    people=people,
    days=full.days[:2],
    demand={skill: series[: 2 * full.intervals] for skill, series in full.demand.items()},
    demand_p90={},
    two_person=(),
)
result = rostering.solve(week, seed=1, limit=Limit(deterministic=6.0))
assert result.roster is not None and result.evaluation is not None and result.evaluation.feasible, result.summary()
print(result.summary())

# %% [markdown]
# Equal seed, equal work, equal roster; and the independent judge agrees with the solver.

# %%
assert rostering.evaluate(week, result.roster).total == result.objective
print(rostering.ledger(week, result.roster).summary())
first = result.roster.shifts[0]
print(rostering.explain(week, result.roster, first.person, first.day).summary())

# %% [markdown]
# ## Somebody is ill
# Only the day of the absence may move, and every moved shift has a price.

# %%
fixed = rostering.repair(week, result.roster, (Absence(first.person, first.day),), seed=1)
print(fixed.summary())
if fixed.result.roster is not None:
    assert fixed.result.roster.of(first.person, first.day) is None
    assert all(moved == first.day for _, moved in fixed.changed)

# %% [markdown]
# ## A roster that cannot be
# One teller on duty cannot both eat and hold the cash post. The conflict is irreducible; each way out has a price and
# was really rostered.

# %%
two = week.people[:2]
away = dataclasses.replace(two[1], unavailable=(Window(0, 0, 1440, "training"),))
alone = dataclasses.replace(two[0], core=(Core(0, 540, 570, must=True),))
stuck = dataclasses.replace(
    week,
    days=week.days[:1],
    people=(alone, away),
    demand={"cash": week.demand["cash"][: week.intervals]},
    minimums=(Minimum("cash", ("cash",)),),
)
diagnosis = rostering.diagnose(stuck)
assert diagnosis.conflict is not None
assert len(diagnosis.relaxations) >= 3
print(diagnosis.summary())
