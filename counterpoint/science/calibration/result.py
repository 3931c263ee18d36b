"""What was found in the log, what it is worth, and a branch model that carries it."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from counterpoint.science.calibration.laws import MOST_CV
from counterpoint.science.calibration.pace import PaceFit
from counterpoint.science.calibration.patience import PatienceFit
from counterpoint.science.calibration.problem import Params
from counterpoint.science.calibration.readiness import Following, Readiness
from counterpoint.science.calibration.routing import ServerFit, Share, Turnaround
from counterpoint.science.calibration.services import ServiceFit
from counterpoint.science.twin import Balking, BranchModel, Counter, Duration, Service, Staffing, Tier


@dataclass(frozen=True, eq=False)
class Calibration:
    """Fitted values of one branch. `days` are the days they were fitted to: a gate must judge others.

    `arrivals`: mean tickets a day by service and half hour, with index of dispersion. `dirt`: see `dirt.dirt`.
    """

    params: Params
    days: tuple[date, ...]
    tickets: int
    services: tuple[ServiceFit, ...]
    servers: tuple[ServerFit, ...]
    patience: PatienceFit
    tiers: dict[str, Share]
    at_once_quiet: Share
    at_once_queue: Share
    no_show: Share
    turnaround: Turnaround
    pace: PaceFit
    readiness: Readiness
    following: Following
    arrivals: pd.DataFrame
    dirt: pd.DataFrame
    pooled_log_sd: float

    @property
    def skills(self) -> dict[str, frozenset[str]]:
        """Services that each server can do."""
        return {fit.server: frozenset(fit.skills) for fit in self.servers}

    @property
    def speeds(self) -> dict[str, float]:
        """Speed of each server, mean 1."""
        return {fit.server: fit.speed for fit in self.servers}

    def summary(self) -> dict[str, Any]:
        """The calibration in a dozen values."""
        patience = self.patience
        return {
            "days": len(self.days),
            "tickets": self.tickets,
            "services_fitted": sum(fit.origin == "fitted" for fit in self.services),
            "services_pooled": sum(fit.origin == "pooled" for fit in self.services),
            "servers": len(self.servers),
            "service_log_sd": self.pooled_log_sd,
            "patience_origin": patience.origin,
            "patience_law": patience.law.family if patience.law else "",
            "patience_median": float(patience.law.frozen.ppf(0.5)) if patience.law else math.nan,
            "at_once_quiet": self.at_once_quiet.value,
            "at_once_queue": self.at_once_queue.value,
            "turnaround_mean": self.turnaround.mean,
            "not_ready": self.readiness.not_ready,
            "staff_following": self.following.waiting if self.following.used else 1.0,
            "pace_busiest": self.pace.speeds[-1] if self.pace.used else 1.0,
            "no_show_share": self.no_show.value,
        }

    def to_frame(self) -> pd.DataFrame:
        """One row a fitted value: what, code, value, low, high, origin, tickets, note."""
        rows: list[tuple[Any, ...]] = []
        for fit in self.services:
            head = ("service_minutes", fit.service, fit.mean, *fit.mean_interval, fit.origin, fit.tickets, fit.reason)
            rows += [head, ("service_cv", fit.service, fit.cv, *fit.cv_interval, fit.origin, fit.tickets, fit.twin)]
        rows += [
            ("speed", s.server, s.speed, *s.interval, s.origin, s.tickets, " ".join(s.skills)) for s in self.servers
        ]
        found = self.patience
        if found.law:
            note = f"{found.law.family}, naive mean {found.naive_mean:.2f}"
            rows.append(("patience_mean", found.reference, found.law.mean, *found.mean_interval, found.origin,
                         found.walkouts, note))  # fmt: skip
            rows += [
                ("patience_factor", tier, value, *found.factor_intervals.get(tier, (math.nan, math.nan)),
                 found.tier_origin[tier], self.tiers[tier].count if tier in self.tiers else 0, "")
                for tier, value in found.factors.items()
            ]  # fmt: skip
        shares = {"tier_share": self.tiers, "at_once": {"quiet": self.at_once_quiet, "queue": self.at_once_queue},
                  "no_show": {"": self.no_show}}  # fmt: skip
        rows += [
            (what, code, one.value, *one.interval, "fitted" if one.of else "default", one.of, "")
            for what, group in shares.items()
            for code, one in group.items()
        ]
        rows += [
            ("pace", str(n), speed, *self.pace.intervals[n], "fitted" if self.pace.used else "default",
             self.pace.tickets[n], "")
            for n, speed in enumerate(self.pace.speeds)
        ]  # fmt: skip
        gap = self.turnaround
        rows.append(("turnaround_minutes", "", gap.mean, *gap.interval, gap.origin, gap.seen, ""))
        rows += self._answering()
        return pd.DataFrame(rows, columns=["what", "code", "value", "low", "high", "origin", "tickets", "note"])

    def _answering(self) -> list[tuple[Any, ...]]:
        """Rows of who is free but not ready, and of people who come when customers wait."""
        ready, staff = self.readiness, self.following
        note = " ".join(f"{k}:{row.waited:.3f}/{row.expected:.3f}" for k, row in ready.by_free.iterrows())
        rows: list[tuple[Any, ...]] = [
            ("not_ready", "", ready.not_ready, *ready.interval, ready.origin, ready.tickets, note),
        ]
        if ready.pickup:
            rows.append(("ready_minutes", "", ready.wait_mean, math.nan, math.nan, ready.origin, ready.tickets, ""))
        if staff.levels:
            note = "used" if staff.used else "within chance: not used"
            rows.append(("staff_following", "", staff.waiting, *staff.waiting_interval, "fitted", self.tickets, note))
        return rows

    def origins(self, model: BranchModel) -> dict[str, str]:
        """Where each value that :meth:`apply` would put into `model` comes from: fitted, pooled or default."""
        services = {fit.service: fit.origin for fit in self.services}
        out = {f"service:{code}": services.get(code, "default") for code in model.service_codes}
        for tier in model.tier_codes:
            known = tier in self.tiers
            out[f"tier_share:{tier}"] = "fitted" if known else "default"
            out[f"patience_factor:{tier}"] = self.patience.tier_origin.get(tier, "default")
        out["patience"] = self.patience.origin
        out["balking"] = "fitted" if self.at_once_queue.of and self.patience.origin == "fitted" else "default"
        out["turnaround"] = self.turnaround.origin
        out["pace"] = "fitted" if self.pace.used else "default"
        out["pickup"] = "fitted" if self.readiness.pickup else "default"
        return out

    def unknown(self, model: BranchModel) -> dict[str, tuple[str, ...]]:
        """Services and tiers of the log that `model` does not have; their values go nowhere."""
        return {
            "services": tuple(f.service for f in self.services if f.service not in model.service_codes),
            "tiers": tuple(sorted(set(self.tiers) - set(model.tier_codes))),
        }

    def apply(self, model: BranchModel, *, turnaround: bool = True) -> BranchModel:
        """`model` with fitted counter times, tier shares, patience, balking, pace and pickup; see :meth:`origins`.

        With `turnaround` the minutes between customers are part of the counter time, since the twin calls the next at
        once. Services without a ticket, tiers without one, and patience from too few walk-outs stay as they are.
        """
        fits = {fit.service: fit for fit in self.services}
        services = tuple(
            replace(one, counter=self.counter_time(fits[one.code], turnaround)) if one.code in fits else one
            for one in model.services
        )
        patience, balking = model.patience, model.balking
        tiers = self._tiers(model)
        if self.patience.law is not None:
            law = self.patience.law
            shape = "exponential" if law.family == "exponential" else "lognormal"
            cv = min(law.cv, MOST_CV)
            mean = law.mean if shape == "exponential" else law.scale * math.sqrt(1 + cv**2)  # the median stays
            patience = Duration(mean, cv, shape)
            if self.at_once_queue.of:
                quiet = self.at_once_quiet.value if self.at_once_quiet.of else 0.0
                extra = max(self.at_once_queue.value - quiet, 0.0) / max(1 - quiet, 1e-9)
                balking = Balking(1, 0.0, min(extra, 1.0)) if extra > 0 else None
        pace = self.pace.speeds if self.pace.used else model.pace
        pickup = self.readiness.pickup or model.pickup
        return replace(
            model, services=services, tiers=tiers, patience=patience, balking=balking, pace=pace, pickup=pickup
        )  # fmt: skip

    def counter_time(self, fit: ServiceFit, turnaround: bool = True) -> Duration:
        """The duration the twin takes for a service; a turnaround adds its mean and variance."""
        if not turnaround or self.turnaround.mean == 0:
            return Duration(fit.mean, fit.cv, fit.twin)
        mean = fit.mean + self.turnaround.mean
        if fit.twin == "exponential":
            return Duration(mean, 1.0, "exponential")
        return Duration(mean, math.hypot(fit.cv * fit.mean, self.turnaround.sd) / mean)

    def _tiers(self, model: BranchModel) -> tuple[Tier, ...]:
        known = sum(self.tiers[code].count for code in model.tier_codes if code in self.tiers)
        kept = sum(tier.share for tier in model.tiers if tier.code not in self.tiers)
        factors = self.patience.factors
        out = []
        for tier in model.tiers:
            share = tier.share
            if known and tier.code in self.tiers:
                share = (1 - kept) * self.tiers[tier.code].count / known
            out.append(replace(tier, share=share, patience_factor=factors.get(tier.code, tier.patience_factor)))
        return tuple(out)

    def branch(
        self, *, open_minute: float, close_minute: float, priorities: dict[str, int] | None = None
    ) -> BranchModel:
        """A model of the log alone: its services, one counter a server, its tiers with given priorities (default 1).

        For logs without a branch model behind them, such as public data. Deciding who is called first is not fitted.
        """
        order = priorities or {}
        tiers = tuple(Tier(code, one.value, order.get(code, 1)) for code, one in self.tiers.items()) or (Tier("all"),)
        services = tuple(Service(fit.service, Duration(fit.mean, fit.cv)) for fit in self.services)
        codes = {fit.service for fit in self.services}
        counters = tuple(Counter(s.server, tuple(c for c in s.skills if c in codes)) for s in self.servers)
        bare = BranchModel(services, counters, tiers, open_minute=open_minute, close_minute=close_minute)
        return self.apply(bare)

    def speeds_into(self, staffing: Staffing) -> Staffing:
        """`staffing` with the fitted speed of everybody whose code, or post, is a server of the log."""
        speeds = self.speeds
        return Staffing(
            tuple(replace(p, speed=speeds.get(p.code, speeds.get(p.post or "", p.speed))) for p in staffing.people)
        )

    def to_json(self) -> str:
        """Everything but the curves as JSON text, for storage and display."""
        body = {
            "params": asdict(self.params),
            "days": [day.isoformat() for day in self.days],
            "summary": self.summary(),
            "values": self.to_frame().to_dict("records"),
            "dirt": self.dirt.to_dict("records"),
            "laws": {fit.service: fit.laws.reset_index().to_dict("records") for fit in self.services},
            "patience_laws": self.patience.laws.reset_index().to_dict("records"),
            "turnaround": asdict(self.turnaround),
            "not_ready": self.readiness.by_free.reset_index().to_dict("records"),
            "following": asdict(self.following),
        }
        return json.dumps(plain(body), ensure_ascii=False)


def plain(value: Any) -> Any:
    """Plain JSON values: NumPy numbers become Python's, NaN and infinities become null."""
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, np.ndarray):
        return [plain(one) for one in value.tolist()]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.isoformat() if isinstance(value, date) else value
