"""Demand: from ticket history to arrivals per service and interval, with calibrated ranges.

result = forecast(DemandProblem(log, days, horizon), seed=1)
result.to_frame()            # date, minute, service, mean, p10, p50, p90
result.sample(500, seed=2)   # joint paths for the twin and the roster
nowcast(result, tickets_so_far, day=today, at=11 * 60, seed=3)
backtest(problem, origins, 7, seed=4).scores()
"""

from counterpoint.science.demand.backtest import Backtest, backtest
from counterpoint.science.demand.datasets import SyntheticBranch, synthetic_branch
from counterpoint.science.demand.forecast import forecast
from counterpoint.science.demand.grid import counts_from_log
from counterpoint.science.demand.nowcast import nowcast
from counterpoint.science.demand.problem import (
    DayInfo,
    DemandInputError,
    DemandProblem,
    Outage,
    Params,
    plain_days,
)
from counterpoint.science.demand.result import Assumption, DemandForecast

__all__ = [
    "Assumption",
    "Backtest",
    "DayInfo",
    "DemandForecast",
    "DemandInputError",
    "DemandProblem",
    "Outage",
    "Params",
    "SyntheticBranch",
    "backtest",
    "counts_from_log",
    "forecast",
    "nowcast",
    "plain_days",
    "synthetic_branch",
]
