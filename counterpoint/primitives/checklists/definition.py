"""A checklist as content: sections of items, weights, critical items, limits, evidence, and when a round is due."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Any

from django.utils.translation import gettext as _

KINDS = ("yes_no", "number", "choice", "date", "photo", "signature", "text", "scan", "place")
EVIDENCE = ("none", "on_fail", "always")
EVERY = ("day", "week", "month", "quarter", "year")
PHASES = ("pre_open", "closing", "any")
LANGUAGES = ("zh-hans", "zh-hant", "en")
SIGNATURE = "signature"
YES, NO, NOT_APPLICABLE = "yes", "no", "na"
Names = Mapping[str, str]
SIGN_NAMES = {"zh-hans": "签名", "zh-hant": "簽名", "en": "Signature"}


class Named:
    """What has a name in every language."""

    names: Names

    def name(self, language: str) -> str:
        """Name in the language, Chinese when it is missing."""
        return self.names.get(language) or self.names["zh-hans"]


@dataclass(frozen=True)
class Choice(Named):
    """One answer that can be chosen."""

    slug: str
    names: Names


@dataclass(frozen=True)
class Limits:
    """A number is good from `min` to `max`, both included; None is open."""

    min: float | None = None
    max: float | None = None

    def hold(self, value: float) -> bool:
        """Whether the number lies within."""
        return (self.min is None or value >= self.min) and (self.max is None or value <= self.max)


@dataclass(frozen=True)
class Effect(Named):
    """The case that is opened: its type, level and title."""

    type: str
    level: str
    names: Names


@dataclass(frozen=True)
class Item(Named):
    """One question. `weight` 0 is asked but not counted; a bad critical item fails the whole round."""

    slug: str
    names: Names
    kind: str
    weight: float = 1.0
    critical: bool = False
    limits: Limits | None = None
    unit: str = ""
    choices: tuple[Choice, ...] = ()
    good: tuple[str, ...] = ()
    expiry_warn_days: int | None = None
    evidence: str = "none"
    on_fail: Effect | None = None
    asset: str = ""
    required: bool = True
    na: bool = True
    hint: Names = field(default_factory=dict)


@dataclass(frozen=True)
class Section(Named):
    """Items of one place or theme; the phone shows one section a screen."""

    slug: str
    names: Names
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Schedule:
    """When a round is due: relative to the branch's hours, or on a day of the period by a wall-clock time.

    `day` counts from 1: weekday of the week (1 is Monday), day of the month, of the quarter or of the year. `late` is
    the case opened when a round is overdue; without it the leaders of the branch get a message.
    """

    every: str
    phase: str
    role: str
    before_open_minutes: int | None = None
    after_close_minutes: int | None = None
    day: int | None = None
    by: time | None = None
    late: Effect | None = None


@dataclass(frozen=True)
class Checklist(Named):
    """A whole checklist. With `asset_kind` one round is walked per machine of the kind."""

    key: str
    names: Names
    sections: tuple[Section, ...]
    pass_mark: float = 100.0
    schedule: Schedule | None = None
    asset_kind: str = ""
    signature: bool = False

    @property
    def items(self) -> tuple[Item, ...]:
        """All items in reading order."""
        return tuple(item for section in self.sections for item in section.items)

    def item(self, slug: str) -> Item | None:
        """The item, or None."""
        return next((one for one in self.items if one.slug == slug), None)


def parse(body: dict[str, Any]) -> Checklist:
    """A checklist from its YAML body; ValueError names what is wrong and where."""
    only(body, "a checklist", {"key", "names", "sections", "pass_mark", "schedule", "asset_kind", "signature"})
    sections = tuple(_section(row) for row in rows(body, "sections", "a checklist"))
    signed = bool(body.get("signature", False))
    if signed:
        sections += (Section("sign", SIGN_NAMES, (_signature(),)),)
    found = Checklist(
        key=str(body["key"]),
        names=_names(body, str(body["key"])),
        sections=sections,
        pass_mark=_number(body.get("pass_mark", 100), "pass_mark", 0, 100),
        schedule=_schedule(body["schedule"]) if body.get("schedule") else None,
        asset_kind=str(body.get("asset_kind") or ""),
        signature=signed,
    )
    _unique([section.slug for section in sections])
    _unique([item.slug for item in found.items])
    return found


def references(checklist: Checklist) -> list[tuple[str, str]]:
    """The case types that its items and its schedule open."""
    effects = [item.on_fail for item in checklist.items]
    effects.append(checklist.schedule.late if checklist.schedule else None)
    return [("case_types", key) for key in dict.fromkeys(e.type for e in effects if e)]


def only(body: Any, what: str, allowed: set[str]) -> None:
    """Refuse what is not a mapping and words that nobody reads."""
    if not isinstance(body, dict):
        raise ValueError(f"{what} must be a mapping, not {body!r}")
    unknown = set(map(str, body)) - allowed
    if unknown:
        raise ValueError(f"{what} does not know {', '.join(sorted(unknown))}; it knows {', '.join(sorted(allowed))}")


def rows(body: dict[str, Any], name: str, what: str) -> list[Any]:
    """A list that must not be empty."""
    found = body.get(name)
    if not isinstance(found, list) or not found:
        raise ValueError(f"{what} needs a list “{name}” with at least one entry")
    return found


def _signature() -> Item:
    return Item(SIGNATURE, SIGN_NAMES, SIGNATURE, weight=0, evidence="always", na=False)


def _section(body: Any) -> Section:
    only(body, "a section", {"slug", "names", "items"})
    slug = _slug(body, _("A section"))
    names = _names(body, _("section %(slug)s") % {"slug": slug})
    return Section(slug, names, tuple(_item(row) for row in rows(body, "items", slug)))


ITEM = {
    "slug", "names", "kind", "weight", "critical", "limits", "unit", "choices", "good", "expiry", "evidence", "on_fail",
    "asset", "required", "na", "hint",
}  # fmt: skip


def _item(body: Any) -> Item:
    only(body, "an item", ITEM)
    slug = _slug(body, _("An item"))
    where, kind = _("item %(slug)s") % {"slug": slug}, body.get("kind")
    if kind not in KINDS:
        raise ValueError(f"{where}: kind {kind!r} is not one of {', '.join(KINDS)}")
    evidence = body.get("evidence", "always" if kind in ("photo", "signature") else "none")
    if evidence not in EVIDENCE:
        raise ValueError(f"{where}: evidence {evidence!r} is not one of {', '.join(EVIDENCE)}")
    critical = bool(body.get("critical", False))
    item = Item(
        slug=slug,
        names=_names(body, where),
        kind=kind,
        weight=_number(body.get("weight", 1), f"{where}: weight", 0, 1000),
        critical=critical,
        limits=_limits(body["limits"], where) if body.get("limits") else None,
        unit=str(body.get("unit", "")),
        choices=tuple(_choice(row, where) for row in body.get("choices", ())),
        good=tuple(map(_word, body.get("good") or ((YES,) if kind == "yes_no" else ()))),
        expiry_warn_days=_expiry(body["expiry"], where) if body.get("expiry") else None,
        evidence=evidence,
        on_fail=effect(body["on_fail"], where) if body.get("on_fail") else None,
        asset=str(body.get("asset") or ""),
        required=bool(body.get("required", True)),
        na=bool(body.get("na", not critical)),
        hint=dict(body.get("hint", {})),
    )
    _fits(item, where)
    return item


def _word(value: Any) -> str:
    """YAML reads a bare yes as true; people mean the word."""
    return {True: YES, False: NO}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _fits(item: Item, where: str) -> None:
    """What a kind needs and what it cannot have."""
    if item.limits and item.kind != "number":
        raise ValueError(_("%(where)s: limits belong to a number.") % {"where": where})
    if item.expiry_warn_days is not None and item.kind != "date":
        raise ValueError(_("%(where)s: an expiry belongs to a date.") % {"where": where})
    if bool(item.choices) != (item.kind == "choice"):
        raise ValueError(_("%(where)s: a choice needs choices, and only a choice has them.") % {"where": where})
    known = {"yes_no": {YES, NO}, "choice": {one.slug for one in item.choices}}.get(item.kind)
    if known is not None and not set(item.good) <= known:
        raise ValueError(
            _("%(where)s: %(words)s counts as good but cannot be answered.")
            % {"where": where, "words": ", ".join(sorted(set(item.good) - known))}
        )
    if item.kind == "choice" and not item.good and item.weight:
        raise ValueError(_("%(where)s: say which choices are good, or give it weight 0.") % {"where": where})


def _choice(body: Any, where: str) -> Choice:
    only(body, f"{where}: a choice", {"slug", "names"})
    slug = _slug(body, _("%(where)s: a choice") % {"where": where})
    if slug == NOT_APPLICABLE:
        raise ValueError(_("%(where)s: the choice “na” is reserved for “not applicable”.") % {"where": where})
    return Choice(slug, _names(body, _("%(where)s: a choice") % {"where": where}))


def _limits(body: Any, where: str) -> Limits:
    only(body, f"{where}: limits", {"min", "max"})
    low, high = (None if body.get(key) is None else float(body[key]) for key in ("min", "max"))
    if low is not None and high is not None and low > high:
        raise ValueError(_("%(where)s: nothing lies between the limits.") % {"where": where})
    return Limits(low, high)


def _expiry(body: Any, where: str) -> int:
    only(body, f"{where}: expiry", {"warn_days"})
    return int(_number(body.get("warn_days", 30), f"{where}: warn_days", 0, 3650))


def effect(body: Any, where: str) -> Effect:
    """The case of an `on_fail` or a `late`."""
    only(body, f"{where}: on_fail", {"type", "level", "title"})
    if not body.get("type"):
        raise ValueError(_("%(where)s: the kind of case is missing.") % {"where": where})
    return Effect(str(body["type"]), str(body.get("level", "")), _names({"names": body.get("title")}, where))


def _schedule(body: Any) -> Schedule:
    only(body, "the schedule", {"every", "phase", "due", "role", "late"})
    every, phase, due = body.get("every"), body.get("phase", "any"), body.get("due")
    if every not in EVERY:
        raise ValueError(f"the schedule: every {every!r} is not one of {', '.join(EVERY)}")
    if phase not in PHASES:
        raise ValueError(f"the schedule: phase {phase!r} is not one of {', '.join(PHASES)}")
    if not body.get("role"):
        raise ValueError("the schedule names no role")
    only(due, "the schedule's due", {"before_open_minutes", "after_close_minutes", "day", "by"})
    ways = [name for name in ("before_open_minutes", "after_close_minutes", "by") if due.get(name) is not None]
    if len(ways) != 1:
        raise ValueError(_("The schedule needs exactly one time: before opening, after closing, or by the clock."))
    if every != "day" and due.get("day") is None:
        raise ValueError(_("The schedule lacks the day of its period."))
    return Schedule(
        every=every,
        phase=phase,
        role=str(body["role"]),
        before_open_minutes=due.get("before_open_minutes"),
        after_close_minutes=due.get("after_close_minutes"),
        day=None if due.get("day") is None else int(_number(due["day"], "the schedule's day", 1, 366)),
        by=_wall(due["by"]) if due.get("by") is not None else None,
        late=effect(body["late"], "the schedule's late") if body.get("late") else None,
    )


def _wall(text: Any) -> time:
    try:
        return time.fromisoformat(str(text))
    except ValueError as wrong:
        raise ValueError(f'the schedule\'s by {text!r} is no time; write it in quotes as "17:00"') from wrong


def _slug(body: dict[str, Any], what: str) -> str:
    slug = str(body.get("slug", ""))
    if not slug or len(slug) > 48 or not slug.replace("_", "a").replace("-", "a").isalnum() or not slug.isascii():
        raise ValueError(_("%(what)s needs a short name of at most 48 letters, digits, - and _.") % {"what": what})
    return slug


def _names(body: dict[str, Any], what: str) -> Names:
    found = body.get("names")
    if not isinstance(found, dict) or not found.get(LANGUAGES[0]):
        raise ValueError(_("%(what)s lacks its Chinese name.") % {"what": what})
    return {language: str(found[language]) for language in LANGUAGES if found.get(language)}


def _number(value: Any, what: str, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ValueError(f"{what} must be a number from {low:g} to {high:g}, not {value!r}")
    return float(value)


def _unique(slugs: list[str]) -> None:
    twice = sorted({slug for slug in slugs if slugs.count(slug) > 1})
    if twice:
        raise ValueError(_("These short names stand twice: %(words)s.") % {"words": ", ".join(twice)})
