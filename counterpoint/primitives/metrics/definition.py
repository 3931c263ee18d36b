"""What a KPI is: data about which rows count, what is measured on them, and when somebody must hear of it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from counterpoint.primitives.metrics import conditions
from counterpoint.primitives.metrics.conditions import Where
from counterpoint.primitives.metrics.periods import GRAINS

UP, DOWN, BAND = "up", "down", "band"
LANGUAGES = ("zh-hans", "zh-hant", "en")
DIRECTIONS = (UP, DOWN, BAND)
COUNT, SUM, SPREAD = "count", "sum", "spread"
QUANTILES = {"p10": 0.1, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95}
MEASURES = ("count", "sum", "mean", "ratio", "rate_per", *QUANTILES)
INTERVALS = ("share", "rate", "mean", "quantile", "none")
TESTS = ("target", "absolute", "percent_change", "computed_sigma")
LEVELS = ("watch", "act")
AGAINST = ("last_week", "usual", "last_period")
SUBJECTS = ("unit", "person", "post")


NO_CONDITION = Where()


@dataclass(frozen=True)
class Part:
    """What is added up on one relation: how many rows, the sum of a column, or all its values on a grid.

    `grid` is the step to which values are rounded before they are kept; a quantile is exact on that grid.
    """

    relation: str
    where: Where = NO_CONDITION
    kind: str = COUNT
    column: str = ""
    grid: float = 0.0

    @cached_property
    def signature(self) -> str:
        """Names the part in the store of states: equal parts of two KPIs are kept once."""
        body = [self.relation, self.where.as_data(), self.kind, self.column, self.grid]
        return hashlib.sha256(json.dumps(body, ensure_ascii=False, default=str).encode()).hexdigest()[:24]


@dataclass(frozen=True)
class Term:
    """A part with its sign in a numerator or denominator."""

    part: Part
    sign: int = 1


@dataclass(frozen=True)
class Bounds:
    """A target: at most, at least, or between. None leaves a side open."""

    low: float | None = None
    high: float | None = None

    def misses(self, value: float) -> bool:
        """Whether the value lies outside."""
        return (self.low is not None and value < self.low) or (self.high is not None and value > self.high)


@dataclass(frozen=True)
class Threshold:
    """When somebody must hear of it. `slug` names it among the metric's thresholds for ever.

    `kind` target and absolute compare with bounds; percent_change compares with `against` (by per cent, in the bad
    direction); computed_sigma with the metric's own history of `history` periods, of the same weekday or any (`like`);
    for these two `low` and `high` say from where on a change matters. `min_volume` rows at least; `periods` in a row;
    `sure` asks that the interval leaves the limit out. `running` judges a period that is not over yet.
    """

    slug: str
    kind: str
    level: str = "watch"
    grain: str = "day"
    low: float | None = None
    high: float | None = None
    by: float = 0.0
    against: str = "last_week"
    sigmas: float = 3.0
    history: int = 28
    like: str = "any"
    min_volume: int = 20
    periods: int = 1
    sure: bool = True
    running: bool = False


@dataclass(frozen=True)
class Silence:
    """A feed that has brought no row for so many opening hours is dead."""

    hours: float


@dataclass(frozen=True)
class Metric:
    """One KPI; `key` is for ever, `code` is what the bank calls it. See `parse` for the words of the content."""

    key: str
    code: str
    names: Mapping[str, str]
    unit: str
    direction: str
    measure: str
    part: Part | None = None
    numerator: tuple[Term, ...] = ()
    denominator: tuple[Term, ...] = ()
    scale: float = 1.0
    digits: int = 1
    interval: str = "none"
    volume: str = "rows"
    target: Bounds | None = None
    thresholds: tuple[Threshold, ...] = ()
    on_breach: Mapping[str, Any] = field(default_factory=dict)
    silence: Silence | None = None
    small: int = 10
    hide_small: bool = False
    grains: tuple[str, ...] = GRAINS
    subjects: tuple[str, ...] = SUBJECTS
    owner: str = "supervisor"
    group: str = "other"
    notes: Mapping[str, str] = field(default_factory=dict)
    actions: str = ""
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Every part that it needs, each once."""
        terms = [term.part for term in (*self.numerator, *self.denominator)]
        return tuple(dict.fromkeys([self.part] if self.part else terms))

    @property
    def relations(self) -> tuple[str, ...]:
        """Keys of the relations that it counts on, the leading one first."""
        return tuple(dict.fromkeys(part.relation for part in self.parts))

    def name(self, language: str) -> str:
        """Name in the language, Chinese when it is missing."""
        return self.names.get(language) or self.names["zh-hans"]

    def note(self, language: str) -> str:
        """What a reader should know of it."""
        return self.notes.get(language) or self.notes.get("zh-hans", "")

    def is_worse(self, value: float, than: float) -> bool | None:
        """Whether one value is worse than another; None where only the band tells."""
        if self.direction == BAND:
            return None
        return value > than if self.direction == DOWN else value < than


KEYS = frozenset(
    {
        "key", "code", "names", "unit", "direction", "relation", "measure", "value", "grid", "where", "numerator",
        "denominator", "per", "scale", "digits", "interval", "volume", "target", "thresholds", "on_breach", "silence",
        "small", "hide_small", "grains", "subjects", "owner", "group", "notes", "actions", "columns",
    }
)  # fmt: skip


def parse(body: Mapping[str, Any]) -> Metric:
    """A KPI from its content. Raises ValueError with the word that is wrong."""
    strange = set(body) - KEYS
    if strange:
        raise ValueError(f"unknown words {sorted(strange)}")
    for word in ("code", "names", "unit", "direction", "measure"):
        if not body.get(word) and body.get(word) != "":
            raise ValueError(f"lacks {word}")
    strange = set(body["names"]) - set(LANGUAGES)
    if strange or not body["names"].get("zh-hans"):
        raise ValueError(f"names needs zh-hans and knows {', '.join(LANGUAGES)}, not {sorted(strange)}")
    measure = str(body["measure"])
    _one_of("measure", measure, MEASURES)
    _one_of("direction", body["direction"], DIRECTIONS)
    parts = _parts(body, measure)
    interval = body.get("interval") or _interval(measure, parts)
    _one_of("interval", interval, INTERVALS)
    for grain in body.get("grains", GRAINS):
        _one_of("grains", grain, GRAINS)
    for subject in body.get("subjects", SUBJECTS):
        _one_of("subjects", subject, SUBJECTS)
    return Metric(
        key=str(body["key"]), code=str(body["code"]), names=dict(body["names"]), unit=str(body["unit"]),
        direction=body["direction"], measure=measure, scale=_scale(body, measure), digits=int(body.get("digits", 1)),
        interval=interval, volume=_one_of("volume", body.get("volume", "rows"), ("rows", "base")),
        target=_bounds(body.get("target"), body["direction"]),
        thresholds=_thresholds(body.get("thresholds", [])), on_breach=_breach(body.get("on_breach")),
        silence=Silence(float(body["silence"]["hours"])) if body.get("silence") else None,
        small=int(body.get("small", 10)), hide_small=bool(body.get("hide_small", False)),
        grains=tuple(body.get("grains", GRAINS)), subjects=tuple(body.get("subjects", SUBJECTS)),
        owner=str(body.get("owner", "supervisor")), group=str(body.get("group", "other")),
        notes=dict(body.get("notes", {})), actions=str(body.get("actions", "")), columns=dict(body.get("columns", {})),
        **parts,
    )  # fmt: skip


def _one_of(word: str, value: Any, known: tuple[str, ...]) -> str:
    if value not in known:
        raise ValueError(f"{word} {value!r} is not one of {', '.join(known)}")
    return str(value)


def _parts(body: Mapping[str, Any], measure: str) -> dict[str, Any]:
    """Either one part, or the terms of numerator and denominator."""
    home = body.get("relation", "")
    if measure in ("ratio", "rate_per"):
        if "numerator" not in body or "denominator" not in body:
            raise ValueError(f"{measure} needs numerator and denominator")
        return {
            "numerator": _terms(body["numerator"], home, body.get("where")),
            "denominator": _terms(body["denominator"], home, body.get("where")),
        }
    where = conditions.parse(body.get("where"))
    if not home:
        raise ValueError("lacks relation")
    if measure == "count":
        return {"part": Part(home, where)}
    if not body.get("value"):
        raise ValueError(f"{measure} needs value, the column to measure")
    if measure in QUANTILES:
        return {"part": Part(home, where, SPREAD, body["value"], float(body.get("grid", 0.1)))}
    return {"part": Part(home, where, SUM, body["value"])}


def _terms(body: Any, home: str, common: Any) -> tuple[Term, ...]:
    rows = body if isinstance(body, list) else [body]
    return tuple(_term(row, home, common or {}) for row in rows)


def _term(row: Mapping[str, Any], home: str, common: Mapping[str, Any]) -> Term:
    strange = set(row) - {"count", "sum", "where", "relation", "sign"}
    if strange or not isinstance(row, Mapping):
        raise ValueError(f"a term has the unknown words {sorted(strange)}")
    key = row.get("relation", home)
    if not key:
        raise ValueError("a term lacks its relation")
    shared = common if key == home else {}
    where = conditions.parse({**shared, **(row.get("where") or {})})
    column = row.get("sum", "")
    part = Part(key, where, SUM, column) if column else Part(key, where)
    return Term(part, -1 if row.get("sign") == "minus" else 1)


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


def _scale(body: Mapping[str, Any], measure: str) -> float:
    if measure == "rate_per":
        if "per" not in body:
            raise ValueError("rate_per needs per")
        return float(body["per"])
    return float(body.get("scale", 100.0 if body["unit"] == "%" and measure == "ratio" else 1.0))


def _bounds(body: Any, direction: str) -> Bounds | None:
    """A number means at least or at most by the direction; a band gives low and high."""
    if body is None:
        return None
    if isinstance(body, Mapping):
        return Bounds(body.get("low"), body.get("high"))
    if direction == BAND:
        raise ValueError("a band needs target: {low, high}")
    return Bounds(low=float(body)) if direction == UP else Bounds(high=float(body))


def _thresholds(rows: Any) -> tuple[Threshold, ...]:
    found = []
    for place, row in enumerate(rows, 1):
        _one_of("threshold kind", row.get("kind"), TESTS)
        _one_of("threshold level", row.get("level", "watch"), LEVELS)
        _one_of("threshold grain", row.get("grain", "day"), GRAINS)
        _one_of("threshold like", row.get("like", "any"), ("any", "weekday"))
        _one_of("threshold against", row.get("against", "last_week"), AGAINST)
        try:
            found.append(Threshold(**{"slug": f"{row['kind']}-{place}", **row}))
        except TypeError as wrong:
            raise ValueError(f"threshold {place}: {wrong}") from wrong
    if len({one.slug for one in found}) != len(found):
        raise ValueError("two thresholds share a slug")
    return tuple(found)


def _breach(body: Any) -> dict[str, Any]:
    if body is None:
        return {}
    if not isinstance(body, Mapping) or len(set(body) & {"case", "playbook"}) != 1:
        raise ValueError("on_breach names one case or one playbook")
    return dict(body)
