"""Demand: from ticket history to arrivals per service and interval, with calibrated ranges.

result = forecast(DemandProblem(log, days, horizon), seed=1)
result.to_frame()            # date, minute, service, mean, p10, p50, p90
result.choice                # which model was taken, and how every candidate did on past weeks
result.sample(500, seed=2)   # joint paths for the twin and the roster
nowcast(result, tickets_so_far, day=today, at=11 * 60, seed=3)
backtest(problem, origins, 7, seed=4).scores()
forecast_many(series)        # tens of thousands, on all cores or a cluster
reconcile(tree, forecasts, error_cov(past_errors))   # branch, region and bank add up
borrow(problem, traits, peers)                       # a new branch starts from those like it
drift(standardised(actual, p10, p50, p90))           # an alarm, or None
"""

from counterpoint.science.demand.backtest import Backtest, backtest
from counterpoint.science.demand.choose import Choice
from counterpoint.science.demand.datasets import SyntheticBranch, synthetic_branch
from counterpoint.science.demand.drift import Drift, drift, standardised
from counterpoint.science.demand.drivers import Drivers
from counterpoint.science.demand.forecast import forecast
from counterpoint.science.demand.grid import counts_from_log
from counterpoint.science.demand.hierarchy import Hierarchy, error_cov, hierarchy, reconcile
from counterpoint.science.demand.kept import keep, restore
from counterpoint.science.demand.many import ManyForecasts, Series, forecast_many
from counterpoint.science.demand.nowcast import nowcast
from counterpoint.science.demand.problem import (
    DayInfo,
    DemandInputError,
    DemandProblem,
    Outage,
    Params,
    near_festivals,
    plain_days,
)
from counterpoint.science.demand.result import Assumption, DemandForecast
from counterpoint.science.demand.similar import Peer, borrow

__all__ = [
    "Assumption",
    "Backtest",
    "Choice",
    "DayInfo",
    "DemandForecast",
    "DemandInputError",
    "DemandProblem",
    "Drift",
    "Drivers",
    "Hierarchy",
    "ManyForecasts",
    "Outage",
    "Params",
    "Peer",
    "Series",
    "SyntheticBranch",
    "backtest",
    "borrow",
    "counts_from_log",
    "drift",
    "error_cov",
    "forecast",
    "forecast_many",
    "hierarchy",
    "keep",
    "near_festivals",
    "nowcast",
    "plain_days",
    "reconcile",
    "restore",
    "standardised",
    "synthetic_branch",
]
