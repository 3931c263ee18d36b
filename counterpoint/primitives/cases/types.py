"""What kinds of case there are: levels, stages, clocks, fields and rules as content, one YAML item a type."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from counterpoint.foundation.api import roles
from counterpoint.primitives.cases.definition import TypeBody, plain
from counterpoint.primitives.cases.labels import CASES
from counterpoint.primitives.content import Item, Kind, declare, get, items, version
from counterpoint.primitives.content.labels import FIELDS

STAGE_KINDS = ("open", "doing", "resolved", "closed", "dropped")
RUNS = ("opening", "always", "working_days", "calendar")
STARTS_AT = ("opened", "level")
FIELD_KINDS = ("text", "number", "choice", "date", "yes_no")
REQUIRED_AT = ("", "open", "resolved", "closed")
ENDED = frozenset({"closed", "dropped"})
OPEN_KINDS = ("open", "doing", "resolved")
DEFAULT_RIGHTS = "primitives.case"
DEFAULT_STAGES = (
    {"slug": "new", "kind": "open", "names": {"zh-hans": "待受理", "zh-hant": "待受理", "en": "New"}},
    {"slug": "doing", "kind": "doing", "names": {"zh-hans": "处理中", "zh-hant": "處理中", "en": "Being handled"}},
    {"slug": "resolved", "kind": "resolved", "names": {"zh-hans": "待核实", "zh-hant": "待核實", "en": "Resolved"}},
    {"slug": "closed", "kind": "closed", "names": {"zh-hans": "已办结", "zh-hant": "已辦結", "en": "Closed"}},
    {"slug": "dropped", "kind": "dropped", "names": {"zh-hans": "已撤销", "zh-hant": "已撤銷", "en": "Dropped"}},
)


@dataclass(frozen=True)
class Named:
    """Something with a slug and names by language code."""

    slug: str
    names: dict[str, str]

    def name(self, language: str = "") -> str:
        """Name in the language (the reader's when not given), Chinese when it is missing."""
        return self.names.get(language or get_language() or "") or self.names["zh-hans"]


@dataclass(frozen=True)
class Stage(Named):
    """A column of the board; `kind` is one of STAGE_KINDS."""

    kind: str


@dataclass(frozen=True)
class Span:
    """How long: minutes of running time, whole days, or until the end of the day it starts on."""

    minutes: int = 0
    working_days: int = 0
    calendar_days: int = 0
    end_of_day: bool = False


@dataclass(frozen=True)
class Rung:
    """A step of the ladder: this long after the deadline, whom to tell. Outside service hours only with `any_hour`;
    `channel` tells the branch's group channel too."""

    after: Span
    to: str
    any_hour: bool = False
    channel: bool = False


@dataclass(frozen=True)
class ClockType(Named):
    """A clock of its own: time allowed per level, in which hours it runs, what starts and stops it, when it warns."""

    within: dict[str, Span]
    runs: str
    starts_at: str
    stops_at: str
    pausable: bool
    warn: tuple[float, ...]
    ladder: tuple[Rung, ...]


@dataclass(frozen=True)
class FieldType(Named):
    """A field of the form; `private` text is kept apart and can be erased."""

    kind: str
    choices: tuple[Named, ...] = ()
    required_at: str = ""
    private: bool = False


@dataclass(frozen=True)
class PauseRule:
    """Why a case may wait, and for how long in one cycle altogether (None: without limit)."""

    reasons: tuple[Named, ...]
    cap: Span | None


@dataclass(frozen=True)
class CaseType(Named):
    """One kind of case. `slug` is its content key; `levels` go from the lightest to the gravest."""

    rights: str
    levels: tuple[Named, ...]
    stages: tuple[Stage, ...]
    clocks: tuple[ClockType, ...]
    fields: tuple[FieldType, ...]
    verify_by_other: bool
    recuse_involved: bool
    pause: PauseRule
    owner: tuple[str, ...]

    @property
    def key(self) -> str:
        """The content key."""
        return self.slug

    def verb(self, what: str) -> str:
        """The right that guards view, open, handle, verify or manage."""
        return f"{self.rights}.{what}"

    def stage(self, slug: str) -> Stage | None:
        """A stage by slug."""
        return next((s for s in self.stages if s.slug == slug), None)

    def first(self, kind: str) -> Stage:
        """The first stage of a kind."""
        return next(s for s in self.stages if s.kind == kind)

    def kind_of(self, stage: str) -> str:
        """The kind of a stage; "" for an unknown one."""
        found = self.stage(stage)
        return found.kind if found else ""

    def level(self, slug: str) -> Named | None:
        """A level by slug."""
        return next((row for row in self.levels if row.slug == slug), None)

    def rank(self, level: str) -> int:
        """How grave a level is: its place in the list."""
        return [row.slug for row in self.levels].index(level)

    def clock(self, slug: str) -> ClockType | None:
        """A clock by slug."""
        return next((c for c in self.clocks if c.slug == slug), None)

    def field(self, slug: str) -> FieldType | None:
        """A field by slug."""
        return next((f for f in self.fields if f.slug == slug), None)


def _span(raw: Any) -> Span:
    if not isinstance(raw, dict) or len(raw) != 1:
        raise ValueError(f"a span is one of minutes, hours, working_days, calendar_days, end_of_day, not {raw!r}")
    ((unit, count),) = raw.items()
    if unit == "end_of_day" and count is True:
        return Span(end_of_day=True)
    if type(count) is not int or count < 0:
        raise ValueError(f"{unit} must be a whole number that is not negative")
    if unit == "hours":
        return Span(minutes=60 * count)
    return Span(**{str(unit): count})  # type: ignore[arg-type]


def _named(raw: dict[str, Any]) -> Named:
    return Named(str(raw["slug"]), _names(raw["names"]))


def _names(raw: Any) -> dict[str, str]:
    if not isinstance(raw, dict) or not raw.get("zh-hans"):
        raise ValueError("names need zh-hans")
    return {str(k): str(v) for k, v in raw.items()}


def _rung(raw: dict[str, Any]) -> Rung:
    rung = Rung(_span(raw["after"]), raw["to"], bool(raw.get("any_hour")), bool(raw.get("channel")))
    if rung.to not in roles.ROLES:
        raise ValueError(_("The ladder names the unknown role %(role)s.") % {"role": rung.to})
    return rung


def _clock(raw: dict[str, Any]) -> ClockType:
    clock = ClockType(
        slug=str(raw["slug"]), names=_names(raw["names"]), runs=raw.get("runs", "opening"),
        within={str(level): _span(span) for level, span in raw["within"].items()},
        starts_at=str(raw.get("starts_at", "opened")), stops_at=str(raw.get("stops_at", "resolved")),
        pausable=bool(raw.get("pausable", True)),
        warn=tuple(float(part) for part in raw.get("warn", (0.5, 0.8))),
        ladder=tuple(_rung(rung) for rung in raw.get("ladder", ())),
    )  # fmt: skip
    if clock.runs not in RUNS:
        raise ValueError(f"clock {clock.slug} runs {clock.runs!r}; use one of {RUNS}")
    if clock.starts_at not in STARTS_AT:
        raise ValueError(f"clock {clock.slug} starts at {clock.starts_at!r}; use one of {STARTS_AT}")
    if list(clock.warn) != sorted(set(clock.warn)) or any(not 0 < part < 1 for part in clock.warn):
        raise ValueError(_("Clock %(clock)s: the warnings are rising shares between 0 and 1.") % {"clock": clock.slug})
    days = {"opening", "working_days"} if any(s.working_days for s in _spans(clock)) else set(RUNS)
    days &= {"always", "calendar"} if any(s.calendar_days for s in _spans(clock)) else set(RUNS)
    if clock.runs not in days:
        raise ValueError(_("Clock %(clock)s counts days that do not fit its hours.") % {"clock": clock.slug})
    return clock


def _spans(clock: ClockType) -> Iterator[Span]:
    yield from clock.within.values()
    yield from (rung.after for rung in clock.ladder)


def _field(raw: dict[str, Any]) -> FieldType:
    field = FieldType(
        slug=str(raw["slug"]), names=_names(raw["names"]), kind=raw.get("kind", "text"),
        choices=tuple(_named(row) for row in raw.get("choices", ())), required_at=raw.get("required_at") or "",
        private=bool(raw.get("private")),
    )  # fmt: skip
    if field.kind not in FIELD_KINDS or field.required_at not in REQUIRED_AT:
        raise ValueError(f"field {field.slug} has an unknown kind or stage")
    if (field.kind == "choice") != bool(field.choices):
        raise ValueError(_("Field %(field)s: a choice has choices, nothing else has.") % {"field": field.slug})
    return field


def _pause(raw: dict[str, Any] | None) -> PauseRule:
    raw = raw or {}
    cap = _span(raw["cap"]) if raw.get("cap") else None
    if cap is not None and cap.end_of_day:
        raise ValueError(_("A pause is capped by minutes, hours or days."))
    return PauseRule(tuple(_named(row) for row in raw.get("reasons", ())), cap)


KNOWN = frozenset({"key", "names", "rights", "levels", "stages", "clocks", "fields", "verify_by_other",
                   "recuse_involved", "pause", "owner"})  # fmt: skip


def parse(body: dict[str, Any]) -> CaseType:
    """One type from its YAML body; ValueError, KeyError or TypeError say what is wrong."""
    if set(body) - KNOWN:
        raise ValueError(f"unknown entries {sorted(set(body) - KNOWN)}")
    kind = CaseType(
        slug=str(body["key"]), names=_names(body["names"]), rights=str(body.get("rights", DEFAULT_RIGHTS)),
        levels=tuple(_named(row) for row in body["levels"]),
        stages=tuple(
            Stage(str(row["slug"]), _names(row["names"]), str(row["kind"]))
            for row in body.get("stages", DEFAULT_STAGES)
        ),
        clocks=tuple(_clock(row) for row in body.get("clocks", ())),
        fields=tuple(_field(row) for row in body.get("fields", ())),
        verify_by_other=bool(body.get("verify_by_other")), recuse_involved=bool(body.get("recuse_involved", True)),
        pause=_pause(body.get("pause")), owner=tuple(body.get("owner", ())),
    )  # fmt: skip
    _whole(kind)
    return kind


def _whole(kind: CaseType) -> None:
    for what, rows in (("levels", kind.levels), ("stages", kind.stages), ("clocks", kind.clocks),
                       ("fields", kind.fields), ("reasons", kind.pause.reasons)):  # fmt: skip
        slugs = [row.slug for row in rows]
        if len(set(slugs)) != len(slugs):
            raise ValueError(
                _("A short name stands twice among the %(what)s.") % {"what": CASES.get(what) or FIELDS[what]}
            )
    if not kind.levels:
        raise ValueError(_("A kind of case needs a level."))
    missing = set(STAGE_KINDS) - {stage.kind for stage in kind.stages}
    unknown = {stage.kind for stage in kind.stages} - set(STAGE_KINDS)
    if missing or unknown:
        raise ValueError(
            _("Stages: these kinds are missing or unknown: %(kinds)s.")
            % {"kinds": ", ".join(sorted(missing | unknown))}
        )
    if set(kind.owner) - set(roles.ROLES):
        raise ValueError(
            _("There are no roles %(roles)s.") % {"roles": ", ".join(sorted(set(kind.owner) - set(roles.ROLES)))}
        )
    for clock in kind.clocks:
        wrong = set(clock.within) - {level.slug for level in kind.levels}
        if wrong:
            raise ValueError(
                _("Clock %(clock)s names unknown levels: %(levels)s.")
                % {"clock": clock.slug, "levels": ", ".join(sorted(wrong))}
            )


def _references(kind: CaseType) -> list[tuple[str, str]]:
    """A right that nobody declared shows as a dangling reference."""
    return [] if roles.declared(kind.verb("view")) else [("rights", kind.rights)]


def _wrong(body: TypeBody) -> str:
    try:
        _build(body)
    except (ValueError, KeyError, TypeError) as wrong:
        return str(wrong)
    return ""


def _build(body: TypeBody) -> CaseType:
    return parse(plain(body))


CASE_TYPES = "case_types"
declare(
    Kind(
        CASE_TYPES,
        type=TypeBody,
        check=_wrong,
        build=_build,
        references=_references,
        title=gettext_lazy("Kinds of case"),
        labels=CASES,
        pages=((gettext_lazy("Cases"), "primitives:cases"),),
    )
)


def case_types(on: date, pack: str, bank: str | None = None) -> dict[str, CaseType]:
    """Types in force on a date, by key. `bank` is the org path of a unit of the bank, else the active scope says it."""
    return {key: item.value for key, item in sorted(items(CASE_TYPES, on, pack, bank=bank).items())}


def in_force(key: str, on: date, pack: str, bank: str) -> Item:
    """The version of a type that a case opened on this date gets; `ContentError` when there is none."""
    return get(CASE_TYPES, key, on, pack, bank=bank)


def pinned(key: str, number: int, pack: str, bank: str) -> CaseType:
    """The version that a case keeps."""
    kind: CaseType = version(CASE_TYPES, key, number, pack, bank=bank).value
    return kind
