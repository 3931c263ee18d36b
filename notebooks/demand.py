# %% [markdown]
# # Demand: how many customers, when, for what
# A simulated branch (nothing here was measured) with a payday effect we planted ourselves, so that every answer can be
# checked. Needs only `counterpoint.science`; runs in seconds.

# %%
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd

from counterpoint.science.demand import Params, backtest, forecast, nowcast, synthetic_branch
from counterpoint.science.history import Mapping, normalise

branch = synthetic_branch(seed=2026, days=182)
problem = branch.problem(14)
result = forecast(problem, seed=1)
result.summary()

# %% [markdown]
# ## From a raw ticket log
# A mapping says which column means what; every repair and refusal keeps its row number.

# %%
raw = pd.DataFrame(
    {
        "no": ["A001", "A002", "A002", "B001"],
        "day": ["20260105"] * 4,
        "taken": ["9:02:11", "9:03:40", "9:03:40", "9:61:00"],
        "called": ["9:05:00", "0:00:00", "0:00:00", "9:10:00"],
        "state": ["DONE", "GONE", "GONE", "DONE"],
    }
)
mapping = Mapping.from_dict(
    {
        "ticket": "no",
        "arrived": {"column": "taken", "date": "day"},
        "called": {"column": "called", "date": "day"},
        "outcome": "state",
        "outcomes": {"DONE": "served", "GONE": "abandoned"},
        "date_format": "%Y%m%d",
        "zero_is_missing": True,
    }
)
log = normalise(raw, mapping)
assert log.issues["code"].tolist() == ["duplicate", "unparsable"]
assert len(log.usable) == 2
log.issues

# %% [markdown]
# ## The forecast
# Three quantiles per service and half hour; closed hours are exactly zero; totals come from the same joint paths.

# %%
table = result.to_frame()
assert (table["p10"] <= table["p50"]).all()
assert (table["p50"] <= table["p90"]).all()
truth = branch.rate[-14:]
error = np.abs(result.total_mean - truth).sum() / truth.sum()
assert error < 0.08, error
table.head()

# %% [markdown]
# The planted payday effect is ×1.25. Ask the model what a payday would do to the second day ahead:

# %%
plain = forecast(problem, Params(calibrate_weeks=0), seed=1).day_mean[-1, 1]
paid = tuple(replace(d, tags=frozenset({"payday"})) if d.date == problem.horizon[1] else d for d in problem.days)
lifted = forecast(replace(problem, days=paid), Params(calibrate_weeks=0), seed=1).day_mean[-1, 1]
assert 1.12 < lifted / plain < 1.35
round(lifted / plain, 3)

# %% [markdown]
# ## Eleven o'clock: correct the day
# What came this morning moves the afternoon, as far as mornings and afternoons moved together before.

# %%
first = result.dates[0]
today = branch.counts[branch.counts["date"] == first]
busy = today.assign(count=np.ceil(today["count"] * 1.5))
after = nowcast(result, busy, day=first, at=11 * 60, seed=2)
rest = slice(11 * 2, None)
assert after.total_mean[0, rest].sum() > result.total_mean[0, rest].sum()
assert np.ptp(after.day_quantile[:, -1, 0]) < np.ptp(result.day_quantile[:, -1, 0])

# %% [markdown]
# ## Does it keep its word? Re-forecast the past

# %%
origins = [problem.horizon[0] - timedelta(days=7 * week) for week in range(1, 7)]
track = backtest(problem, origins, 7, seed=3)
scores = track.scores()
assert scores.loc["all", "wape"] < scores.loc["all", "wape_naive"]
assert 0.7 < scores.loc["all", "coverage"] < 0.92
scores.round(3)

# %% [markdown]
# ## A branch that opened last week
# The answer is wider, and it says what it assumed.

# %%
young = forecast(branch.problem(7, history_days=7), seed=1)
assert "short_history" in {one.code for one in young.assumptions}
[one.text for one in young.assumptions]
