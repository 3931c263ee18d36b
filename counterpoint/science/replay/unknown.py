"""What nobody saw: the patience of those who were called, the work of those who were not; drawn given what was seen."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

from counterpoint.science import twin
from counterpoint.science.replay.orders import STEP
from counterpoint.science.replay.scenario import Leg, Scenario
from counterpoint.science.twin.customers import freeze, law_table
from counterpoint.science.twin.kernel import layout as lay
from counterpoint.science.twin.kernel.layout import FloatArray
from counterpoint.science.twin.live import LIVE_STREAM

HALF = 0.5


def beyond(law: FloatArray, seen: FloatArray, u: FloatArray) -> FloatArray:
    """Whole durations at quantiles ``u`` of those that last longer than ``seen`` minutes.

    ``law`` is n x 3: shape number, mean, log-normal sigma (as ``twin.Duration.law``); a mean of infinity never ends.
    """
    shape, mean, sigma = law.T
    seen = np.maximum(seen, 0.0)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        centre = np.log(mean) - 0.5 * sigma**2
        left = ndtr(-np.where(seen > 0, (np.log(seen) - centre) / sigma, -np.inf))
        lognormal = np.exp(centre - sigma * ndtri(np.maximum(left * (1 - u), 1e-300)))
        exponential = seen - mean * np.log1p(-u)
    found = np.select([shape == lay.LOGNORMAL, shape == lay.EXPONENTIAL], [lognormal, exponential], mean)
    return np.where(np.isinf(mean), np.inf, np.maximum(found, seen))


class Draws:
    """Customer tables of a scenario: what was seen stands in all of them, the rest is drawn from seed and number.

    Draw ``number`` gives a customer the same chance in every future: two futures of one number meet the same people.
    """

    def __init__(self, scenario: Scenario, *, seed: int) -> None:
        self.scenario, self.seed = scenario, seed
        model, legs = scenario.model, scenario.legs
        laws = law_table(model)
        services = np.array([model.index("service", leg.service) for leg in legs], dtype=np.int64)
        tiers = np.array([model.index("tier", leg.tier) for leg in legs], dtype=np.int64)
        factor = np.array([t.patience_factor for t in model.tiers])[tiers]
        patience = np.repeat(laws[2 * len(model.services) + 1][None], len(legs), axis=0)
        self.work_law, self.self_law, self.patience_law = laws[services], laws[len(model.services) + services], patience
        self.factor = factor
        until = scenario.model.close_minute if scenario.recorded.closed else scenario.recorded.until
        self.stayed = np.array([_stayed(leg, until) for leg in legs])
        self.worked = np.array([0.0 if leg.call is None else max(0.0, until - leg.call) * leg.speed for leg in legs])
        self.patience = np.array([_patience(leg, until) for leg in legs])
        self.work = np.array([_work(leg) for leg in legs])
        self.arrival = np.array([leg.arrival for leg in legs])
        ordinals = np.arange(len(legs))
        self.who = np.stack([services, tiers, np.full(len(legs), LIVE_STREAM), ordinals], axis=1)

    def table(self, number: int, *, extra: FloatArray | None = None) -> twin.CustomerTable:
        """The people of one draw; ``extra`` minutes are added to the work of each."""
        rng = np.random.default_rng((self.seed & 0x7FFF_FFFF_FFFF_FFFF, number))
        u = rng.random((5, len(self.who)))
        draws = np.full((len(self.who), lay.D_WIDTH), HALF)
        draws[:, lay.D_ARRIVAL] = self.arrival
        drawn = self.factor * beyond(self.patience_law, self.stayed / self.factor, u[0])
        drawn = np.maximum(drawn, self.stayed + STEP)  # whoever was called had not left in the same instant
        draws[:, lay.D_PATIENCE] = np.where(np.isnan(self.patience), drawn, self.patience)
        work = np.where(np.isnan(self.work), beyond(self.work_law, self.worked, u[1]), self.work)
        draws[:, lay.D_WORK] = work if extra is None else work + extra
        draws[:, lay.D_SELF] = beyond(self.self_law, np.zeros(len(self.who)), u[2])
        draws[:, lay.D_U_DIVERT], draws[:, lay.D_U_FALLBACK] = u[3], u[4]
        return freeze(draws, self.who, self.seed & 0x7FFF_FFFF_FFFF_FFFF)


def _stayed(leg: Leg, until: float) -> float:
    """Minutes of waiting that the customer is known to have borne."""
    if not leg.first:
        return 0.0
    waited = leg.waited
    return max(0.0, until - leg.arrival) if waited is None else max(0.0, waited)


def _patience(leg: Leg, until: float) -> float:
    """Known exactly of those who left by themselves; infinite for who comes back after a hold; NaN when to be drawn."""
    if not leg.first:
        return np.inf
    sent_home = leg.reason == "closing" and leg.gone == until
    return float("nan") if leg.gone is None or sent_home else leg.gone - leg.arrival


def _work(leg: Leg) -> float:
    return float("nan") if leg.call is None or leg.end is None else (leg.end - leg.call) * leg.speed
