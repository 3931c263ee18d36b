"""Content kinds of the register: risks, the scale with the formula's numbers, and the library of fraud cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from annotated_types import Ge, Le, MinLen
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import AfterValidator

from counterpoint.foundation.api import OrgUnit
from counterpoint.primitives.content import AtLeastOne, Kind, Names, Positive, Text, declare, distinct, get, items
from counterpoint.primitives.content import Named as HasNames
from counterpoint.risk.register.labels import RISK_WORDS
from counterpoint.risk.rules.residual import Piece, Scale, residual

RISKS, SCALES, FRAUDS = "risks", "risk_scales", "fraud_cases"
SCALE = "risk.scale"
CATEGORIES = ("process", "human", "system", "fraud")
Grade = Annotated[int, Ge(1), Le(5)]


@dataclass(frozen=True)
class ControlBody(HasNames):
    """A control: what it does, and what tests it: a checklist or a playbook by key (none: nobody tests it yet)."""

    slug: Text
    names: Names
    kind: Literal["preventive", "detective", "corrective"]
    checklist: str = ""
    playbook: str = ""
    every: Literal["day", "week", "month", "quarter", "half_year", "year"] = "month"


@dataclass(frozen=True)
class IndicatorBody:
    """A metric that warns of the risk: breached above `high` or below `low` with at least `min_volume` rows."""

    metric: Text
    high: float | None = None
    low: float | None = None
    grain: Literal["day", "week", "month", "quarter"] = "month"
    min_volume: AtLeastOne = 1

    def __post_init__(self) -> None:
        if (self.high is None) == (self.low is None):
            raise ValueError(_("The indicator %(metric)s needs one limit, above or below.") % {"metric": self.metric})


@dataclass(frozen=True)
class RiskBody(HasNames):
    """A risk of a branch. `errors` are the kinds of error whose incidents belong to it without being asked."""

    key: Text
    names: Names
    what: Names
    category: Literal["process", "human", "system", "fraud"]
    likelihood: Grade
    impact: Grade
    owner: Text
    causes: Annotated[tuple[Names, ...], MinLen(1)]
    controls: Annotated[tuple[ControlBody, ...], MinLen(1), AfterValidator(distinct)]
    indicators: tuple[IndicatorBody, ...] = ()
    errors: tuple[str, ...] = ()

    def control(self, slug: str) -> ControlBody | None:
        """A control by slug."""
        return next((one for one in self.controls if one.slug == slug), None)

    @property
    def kinds(self) -> dict[str, str]:
        """Kind by control, as the formula wants it."""
        return {one.slug: one.kind for one in self.controls}


@dataclass(frozen=True)
class GradeBody(HasNames):
    """One grade of likelihood or impact: its name and how to tell it."""

    names: Names
    what: Names


@dataclass(frozen=True)
class HalfLives:
    """Days after which a piece of evidence counts half."""

    test: Positive
    drill: Positive
    incident: Positive
    metric: Positive


@dataclass(frozen=True)
class Weights:
    """How grave an incident of each level is, and one period of a breached indicator."""

    near_miss: Positive
    minor: Positive
    serious: Positive
    grave: Positive
    metric: Positive


@dataclass(frozen=True)
class Bands:
    """From which score on a risk is watched, and from which somebody must act."""

    watch: Positive
    act: Positive


@dataclass(frozen=True)
class ScaleBody:
    """Five grades each, and the numbers of the published formula."""

    likelihood: Annotated[tuple[GradeBody, ...], MinLen(5)]
    impact: Annotated[tuple[GradeBody, ...], MinLen(5)]
    half_life: HalfLives
    weights: Weights
    bands: Bands
    cap: Positive = 0.9
    prior: Positive = 1.0
    load: Positive = 2.0

    @property
    def scale(self) -> Scale:
        """The numbers as the formula takes them."""
        days = self.half_life
        lives = {"test": days.test, "drill": days.drill, "incident": days.incident, "metric": days.metric}
        return Scale(lives, self.cap, self.prior, self.load)

    def band(self, score: float) -> str:
        """fine, watch or act."""
        return "act" if score >= self.bands.act else "watch" if score >= self.bands.watch else "fine"


@dataclass(frozen=True)
class FraudBody(HasNames):
    """A typical case, made up and anonymous: how it goes, its signs, words to say, what to do, what never to do."""

    key: Text
    names: Names
    story: Names
    signs: Annotated[tuple[Names, ...], MinLen(2)]
    words: Annotated[tuple[Names, ...], MinLen(1)]
    todo: Annotated[tuple[Names, ...], MinLen(2)]
    never: tuple[Names, ...] = ()
    risks: tuple[str, ...] = ()
    victims: Names | None = None


def _risk_references(body: RiskBody) -> list[tuple[str, str]]:
    found = [("checklists", one.checklist) for one in body.controls if one.checklist]
    found += [("playbooks", one.playbook) for one in body.controls if one.playbook]
    return found + [("metrics", one.metric) for one in body.indicators]


def _scale_holds(body: ScaleBody) -> str:
    if len(body.likelihood) != 5 or len(body.impact) != 5:
        return _("Likelihood and impact have five grades each.")
    return (
        "" if body.bands.watch < body.bands.act else _("A risk is watched from a lower score on than it is acted upon.")
    )


def residual_example(body: ScaleBody, example: dict[str, Any]) -> str:
    """A worked example of the formula: inherent grades, controls, evidence by age in days, the residual."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    pieces = [
        Piece(row["kind"], float(row["value"]), now - timedelta(days=row.get("days", 0)), row.get("control", ""))
        for row in example.get("evidence", [])
    ]
    found = residual(
        likelihood=example["likelihood"], impact=example["impact"], controls=example.get("controls", {}),
        evidence=pieces, scale=body.scale, now=now,
    )  # fmt: skip
    return (
        "" if abs(found.score - example["residual"]) < 0.01 else _("gives %(value)s") % {"value": f"{found.score:.3f}"}
    )


declare(
    Kind(
        RISKS, type=RiskBody, references=_risk_references, title=gettext_lazy("Operational risks"),
        labels=RISK_WORDS,
    )
)  # fmt: skip
declare(
    Kind(
        SCALES, type=ScaleBody, check=_scale_holds, check_example=residual_example,
        title=gettext_lazy("Scale of risks"), labels=RISK_WORDS,
    )
)  # fmt: skip
declare(
    Kind(
        FRAUDS, type=FraudBody, references=lambda body: [(RISKS, key) for key in body.risks],
        title=gettext_lazy("Fraud cases"), labels=RISK_WORDS,
    )
)  # fmt: skip


def risks(branch: OrgUnit, now: datetime) -> dict[str, Any]:
    """Risks in force at a branch, by key: content items whose value is a `RiskBody`."""
    return items(RISKS, branch.date_at(now), branch.rule_pack, bank=branch.path)


def scale(unit: OrgUnit, now: datetime) -> ScaleBody:
    """The scale in force at a unit."""
    value: ScaleBody = get(SCALES, SCALE, unit.date_at(now), unit.rule_pack, bank=unit.path).value
    return value


def frauds(unit: OrgUnit, now: datetime) -> dict[str, FraudBody]:
    """The fraud library in force at a unit, by key."""
    found = items(FRAUDS, unit.date_at(now), unit.rule_pack, bank=unit.path)
    return {key: item.value for key, item in sorted(found.items())}
