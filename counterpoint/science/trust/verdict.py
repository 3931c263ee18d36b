"""What the gate found: every criterion with its number, bound, threshold and a plain sentence."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import pandas as pd

from counterpoint.science.calibration import plain
from counterpoint.science.trust.gate import Gate

PASSED, FAILED, NOT_JUDGED = "passed", "failed", "not_judged"


@dataclass(frozen=True)
class Criterion:
    """One threshold: `value` (signed where it is an error), `bound` that counts against `threshold`, `passed` (None:
    not judged), logged and simulated figures where there are such, and a sentence."""

    key: str
    value: float
    bound: float
    threshold: float
    passed: bool | None
    logged: float
    simulated: float
    sentence: str


@dataclass(frozen=True, eq=False)
class Verdict:
    """The gate's answer for one branch. `status` is passed, failed or not_judged; only passed is calibrated.

    `by_day`: a row a held-out day, logged beside simulated. `cdf`: day, minutes, logged, simulated, low, high (share of
    those called after queueing who waited no longer; low and high are P5 and P95 of replications). `half_hours`: day,
    minute, tickets, logged, simulated, low, high (mean minutes of waiting of tickets that queued). `left_out` tickets
    had a service that the model does not know, `set_aside` tickets came in an outage of the ticket system.
    """

    status: str
    reason: str
    gate: Gate
    seed: int
    calibrated_on: tuple[date, ...]
    judged_on: tuple[date, ...]
    criteria: tuple[Criterion, ...]
    by_day: pd.DataFrame
    cdf: pd.DataFrame
    half_hours: pd.DataFrame
    left_out: int
    set_aside: int

    @property
    def calibrated(self) -> bool:
        """True only when every criterion passed; otherwise advice and exams carry the label *uncalibrated*."""
        return self.status == PASSED

    def summary(self) -> dict[str, Any]:
        """Status, days and each criterion's value and whether it passed."""
        return {
            "status": self.status,
            "reason": self.reason,
            "gate": self.gate.version,
            "days": len(self.judged_on),
            **{one.key: one.value for one in self.criteria},
            **{f"{one.key}_passed": one.passed for one in self.criteria},
        }

    def to_frame(self) -> pd.DataFrame:
        """One row a criterion."""
        columns = ["key", "value", "bound", "threshold", "passed", "logged", "simulated", "sentence"]
        return pd.DataFrame([asdict(one) for one in self.criteria], columns=columns).set_index("key")

    def to_json(self) -> str:
        """Everything, pictures included, as JSON text to be stored with the branch; NaN becomes null."""
        body = {
            "status": self.status,
            "reason": self.reason,
            "gate": self.gate.to_dict(),
            "seed": self.seed,
            "calibrated_on": list(self.calibrated_on),
            "judged_on": list(self.judged_on),
            "left_out": self.left_out,
            "set_aside": self.set_aside,
            "criteria": [asdict(one) for one in self.criteria],
            "by_day": self.by_day.reset_index().to_dict("records"),
            "cdf": self.cdf.to_dict("records"),
            "half_hours": self.half_hours.to_dict("records"),
        }
        return json.dumps(plain(body), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Verdict:
        """A verdict from :meth:`to_json` text."""
        raw: dict[str, Any] = json.loads(text)
        dates = {name: tuple(date.fromisoformat(day) for day in raw[name]) for name in ("calibrated_on", "judged_on")}
        tables = {name: pd.DataFrame(raw[name]) for name in ("by_day", "cdf", "half_hours")}
        for table in tables.values():
            if "day" in table:
                table["day"] = [date.fromisoformat(day) for day in table["day"]]
        by_day = tables["by_day"].set_index("day") if "day" in tables["by_day"] else tables["by_day"]
        rows: list[dict[str, Any]] = [
            {k: math.nan if v is None and k != "passed" else v for k, v in one.items()} for one in raw["criteria"]
        ]
        criteria = tuple(Criterion(**one) for one in rows)
        return cls(
            raw["status"], raw["reason"], Gate(**raw["gate"]), raw["seed"], dates["calibrated_on"], dates["judged_on"],
            criteria, by_day, tables["cdf"], tables["half_hours"], raw["left_out"], raw["set_aside"],
        )  # fmt: skip
