"""A KPI as it is written down: the bodies of `metrics`, so that they have a schema and a form.

`build` makes of them what the engine reads, and says what a schema cannot.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Annotated, Any, Literal, get_args

from django.utils.translation import gettext as _
from pydantic import AfterValidator, Field

from counterpoint.primitives.content import Count, Names, Positive, Role, Text, distinct
from counterpoint.primitives.metrics import conditions
from counterpoint.primitives.metrics.definition import (
    BAND,
    COUNT,
    QUANTILES,
    SPREAD,
    SUBJECTS,
    SUM,
    UP,
    Bounds,
    Direction,
    Grain,
    Interval,
    Measure,
    Metric,
    Part,
    Silence,
    Subject,
    Term,
    Threshold,
)

RESERVED = frozenset({"silence", "never", "failure"})  # alarms of these names are not about a threshold
Number = int | float
Scalar = bool | int | float | str


@dataclass(frozen=True)
class ConditionBody:
    """What a column must satisfy; everything given holds at once."""

    gt: Number | None = None
    ge: Number | None = None
    lt: Number | None = None
    le: Number | None = None
    in_: Annotated[tuple[Scalar, ...] | None, Field(alias="in")] = None
    not_: Annotated[Scalar | tuple[Scalar, ...] | None, Field(alias="not")] = None
    not_in: tuple[Scalar, ...] | None = None
    known: bool | None = None

    def as_data(self) -> dict[str, Any]:
        """As it was written."""
        return {name.rstrip("_"): value for name, value in asdict(self).items() if value is not None}


WhereBody = dict[str, Scalar | tuple[Scalar, ...] | ConditionBody]


@dataclass(frozen=True)
class TermBody:
    """A number of rows (`count`) or the sum of a column, added or, with `sign: minus`, taken away. Rows are those of
    the metric's relation when the term names none."""

    count: bool = False
    sum: str = ""
    where: WhereBody = field(default_factory=dict)
    relation: str = ""
    sign: Literal["plus", "minus"] = "plus"


@dataclass(frozen=True)
class SidesBody:
    """A target with two sides; an open side is left out."""

    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class BreachBody:
    """What a breach starts: a case (with its level) or a playbook. `rules` are the thresholds whose breach does it, all
    when none is named."""

    case: str = ""
    level: str = ""
    playbook: str = ""
    rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class MetricBody:
    """A KPI: which rows count, what is measured on them, what it should be, and when somebody must hear of it.

    `source` is in the language of the house's files; `origin` says it in the reader's.
    """

    key: Text
    code: Text
    names: Names
    unit: str
    direction: Direction
    measure: Measure
    relation: str = ""
    value: str = ""
    grid: Positive = 0.1
    where: WhereBody = field(default_factory=dict)
    numerator: tuple[TermBody, ...] = ()
    denominator: tuple[TermBody, ...] = ()
    per: Positive | None = None
    scale: float | None = None
    digits: Count = 1
    interval: Interval | None = None
    volume: Literal["rows", "base"] = "rows"
    target: float | SidesBody | None = None
    thresholds: Annotated[tuple[Threshold, ...], AfterValidator(distinct)] = ()
    on_breach: BreachBody | None = None
    silence: Silence | None = None
    small: Count = 10
    hide_small: bool = False
    grains: tuple[Grain, ...] = get_args(Grain)
    subjects: tuple[Subject, ...] = SUBJECTS
    owner: Role = "supervisor"
    group: Text = "other"
    notes: Names | None = None
    origin: Names | None = None
    actions: str = ""
    columns: dict[str, Names] = field(default_factory=dict)


def build(body: MetricBody) -> Metric:
    """What the body means. Raises ValueError with the word that is wrong."""
    if {one.slug for one in body.thresholds} & RESERVED:
        raise ValueError(_("a threshold may not be called %(names)s") % {"names": ", ".join(sorted(RESERVED))})
    if not body.grains or not body.subjects:
        raise ValueError(_("grains and subjects need one or more each"))
    parts = _parts(body)
    return Metric(
        key=body.key, code=body.code, names=body.names, unit=body.unit, direction=body.direction, measure=body.measure,
        scale=_scale(body), digits=body.digits, interval=body.interval or _interval(body.measure, parts),
        volume=body.volume, target=_target(body), thresholds=body.thresholds, on_breach=_breach(body),
        silence=body.silence, small=body.small, hide_small=body.hide_small, grains=body.grains,
        subjects=body.subjects, owner=body.owner, group=body.group, notes=body.notes or {}, origin=body.origin or {},
        actions=body.actions, columns=body.columns, **parts,
    )  # fmt: skip


def _plain(where: WhereBody) -> dict[str, Any]:
    return {column: one.as_data() if isinstance(one, ConditionBody) else one for column, one in where.items()}


def _parts(body: MetricBody) -> dict[str, Any]:
    """Either one part, or the terms of numerator and denominator."""
    if body.measure in ("ratio", "rate_per"):
        if not body.numerator or not body.denominator:
            raise ValueError(_("%(measure)s needs numerator and denominator") % {"measure": body.measure})
        return {
            "numerator": tuple(_term(one, body) for one in body.numerator),
            "denominator": tuple(_term(one, body) for one in body.denominator),
        }
    if not body.relation:
        raise ValueError(_("relation is missing: which rows are counted"))
    where = conditions.parse(_plain(body.where))
    if body.measure == "count":
        return {"part": Part(body.relation, where)}
    if not body.value:
        raise ValueError(_("%(measure)s needs value, the column to measure") % {"measure": body.measure})
    if body.measure in QUANTILES:
        return {"part": Part(body.relation, where, SPREAD, body.value, body.grid)}
    return {"part": Part(body.relation, where, SUM, body.value)}


def _term(one: TermBody, body: MetricBody) -> Term:
    key = one.relation or body.relation
    if not key:
        raise ValueError(_("a term lacks its relation"))
    if one.count == bool(one.sum):
        raise ValueError(_("a term counts rows or sums a column: one of the two"))
    shared = _plain(body.where) if key == body.relation else {}
    where = conditions.parse({**shared, **_plain(one.where)})
    part = Part(key, where, SUM, one.sum) if one.sum else Part(key, where)
    return Term(part, -1 if one.sign == "minus" else 1)


def _interval(measure: str, parts: Mapping[str, Any]) -> str:
    """Which uncertainty a measure has when the content does not say."""
    if measure in QUANTILES:
        return "quantile"
    if measure in ("mean", "count"):
        return {"mean": "mean", "count": "rate"}[measure]
    terms = (*parts.get("numerator", ()), *parts.get("denominator", ()))
    if not terms or any(term.part.kind != COUNT or term.sign < 0 for term in terms):
        return "none"
    return "share" if measure == "ratio" else "rate"


def _scale(body: MetricBody) -> float:
    if body.measure == "rate_per":
        if body.per is None:
            raise ValueError(_("rate_per needs per: for how many"))
        return float(body.per)
    if body.scale is not None:
        return body.scale
    return 100.0 if body.unit == "%" and body.measure == "ratio" else 1.0


def _target(body: MetricBody) -> Bounds | None:
    """A number means at least or at most by the direction; a band gives low and high."""
    if body.target is None:
        return None
    if isinstance(body.target, SidesBody):
        return Bounds(body.target.low, body.target.high)
    if body.direction == BAND:
        raise ValueError(_("a band needs a target with two sides: {low: …, high: …}"))
    return Bounds(low=body.target) if body.direction == UP else Bounds(high=body.target)


def _breach(body: MetricBody) -> dict[str, Any]:
    found = body.on_breach
    if found is None:
        return {}
    if bool(found.case) == bool(found.playbook):
        raise ValueError(_("on_breach starts one case or one playbook"))
    if strange := set(found.rules) - {one.slug for one in body.thresholds}:
        raise ValueError(_("on_breach names rules that are no thresholds: %(names)s") % {"names": ", ".join(strange)})
    return {name: value for name, value in asdict(found).items() if value}
