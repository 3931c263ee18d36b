"""From answers to a score, pure: the same answers and the same checklist version give the same verdict for ever.

Score = sum of the weights of good items / sum of the weights of items that apply, in per cent. A round passes when
nothing is missing, no critical item is bad and the score reaches the pass mark.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from counterpoint.primitives.checklists import places
from counterpoint.primitives.checklists.definition import NOT_APPLICABLE, OF, Checklist, Item, Spot
from counterpoint.primitives.checklists.places import BAD, GOOD

NA, OPEN = "na", "open"
MOST_TEXT = 2000
Assets = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Ground:
    """What answers are held against at a branch: its machines by kind, the codes of its points, and where it lies."""

    assets: Assets = field(default_factory=dict)
    points: Mapping[str, str] = field(default_factory=dict)
    spot: Spot | None = None


@dataclass(frozen=True)
class Given:
    """An answer as the score sees it: the value and how many pictures are with the server."""

    value: Any
    files: int = 0


@dataclass(frozen=True)
class Judged:
    """One item's verdict: good, bad, na, open or unchecked (answered, but nothing to hold it against); `asset` is the
    machine it was about; `warn_days` until an expiry; `place` how far a place lies from where it should.

    `asks_which`: it is bad, about one of several machines, and no label was scanned: somebody says which, or has said.
    """

    slug: str
    verdict: str
    asset: str = ""
    warn_days: int | None = None
    lacks_file: bool = False
    place: places.Placed | None = None
    asks_which: bool = False

    @property
    def unnamed(self) -> bool:
        """Whether it is bad and nobody said which of several machines is meant."""
        return self.asks_which and not self.asset


@dataclass(frozen=True)
class Score:
    """The verdict over a round. `percent` is None while nothing that counts has been answered."""

    percent: float | None
    passed: bool
    items: tuple[Judged, ...]
    critical: tuple[str, ...]

    def slugs(self, verdict: str) -> tuple[str, ...]:
        """Items with this verdict, in reading order."""
        return tuple(one.slug for one in self.items if one.verdict == verdict)

    @property
    def failed(self) -> tuple[Judged, ...]:
        """Items that are bad."""
        return tuple(one for one in self.items if one.verdict == BAD)

    @property
    def lacking(self) -> tuple[str, ...]:
        """Items whose picture or signature is not here yet."""
        return tuple(one.slug for one in self.items if one.lacks_file)


def score(
    checklist: Checklist, answers: Mapping[str, Given], on: date, *, asset: str = "", ground: Ground | None = None
) -> Score:
    """Judge all answers on a date. `asset` is the machine of the round, `ground` what the branch has."""
    held = ground or Ground()
    values = {slug: given.value for slug, given in answers.items()}
    here, scanned = about(checklist, values, asset), _scanned(checklist, values, asset)
    several = {kind for kind, codes in held.assets.items() if len(codes) > 1}
    judged = []
    for item in checklist.items:
        one = _judge(item, answers.get(item.slug), on, here[item.slug], asset, held)
        asks = one.verdict == BAD and item.kind != "scan" and item.asset in several and not scanned[item.slug]
        judged.append(replace(one, asks_which=asks))
    return _summed(checklist, tuple(judged), answers)


def about(checklist: Checklist, values: Mapping[str, Any], asset: str = "") -> dict[str, str]:
    """The machine that each item is about: the round's own, else the one scanned last before it in its section, else
    the one that somebody named for it."""
    return {slug: code or _code(values.get(f"{slug}{OF}")) for slug, code in _scanned(checklist, values, asset).items()}


def _scanned(checklist: Checklist, values: Mapping[str, Any], asset: str) -> dict[str, str]:
    """By label alone. A label of another kind of machine says nothing of an item about its own kind."""
    found = {}
    for section in checklist.sections:
        here, kind = asset, ""
        for item in section.items:
            if item.kind == "scan" and not item.point and (code := _code(values.get(item.slug))):
                here, kind = asset or code, item.asset
            fits = asset or not kind or item.asset in ("", kind)
            found[item.slug] = here if fits else ""
    return found


def _code(value: Any) -> str:
    return value if isinstance(value, str) and value != NOT_APPLICABLE else ""


def _summed(checklist: Checklist, judged: tuple[Judged, ...], answers: Mapping[str, Given]) -> Score:
    weights = {item.slug: item.weight for item in checklist.items}
    applies = sum(weights[one.slug] for one in judged if one.verdict in (GOOD, BAD))
    good = sum(weights[one.slug] for one in judged if one.verdict == GOOD)
    percent = round(100 * good / applies, 2) if applies else (100.0 if answers else None)
    critical = tuple(one.slug for one in judged if one.verdict == BAD and _item(checklist, one.slug).critical)
    missing = any(one.verdict == OPEN and _item(checklist, one.slug).required for one in judged)
    lacking = any(one.lacks_file for one in judged)
    passed = not (missing or lacking or critical) and percent is not None and percent >= checklist.pass_mark
    return Score(percent, passed, judged, critical)


def _item(checklist: Checklist, slug: str) -> Item:
    found = checklist.item(slug)
    assert found is not None
    return found


def _judge(item: Item, given: Given | None, on: date, here: str, asset: str, ground: Ground) -> Judged:
    if given is None or given.value is None:
        return Judged(item.slug, OPEN, here)
    if given.value == NOT_APPLICABLE:
        return Judged(item.slug, NA, here)
    placed = places.judged(given.value, places.wanted(item, here, ground.spot), item.radius, item.kind)
    verdict, warn = (placed.verdict, None) if placed else _verdict(item, given.value, on, asset, ground)
    needs = item.evidence == "always" or (item.evidence == "on_fail" and verdict == BAD)
    return Judged(item.slug, verdict, here, warn, lacks_file=needs and not given.files, place=placed)


def _verdict(item: Item, value: Any, on: date, asset: str, ground: Ground) -> tuple[str, int | None]:
    if item.kind == "number":
        return (GOOD if item.limits is None or item.limits.hold(float(value)) else BAD), None
    if item.kind == "date" and item.expiry:
        left = (date.fromisoformat(value) - on).days
        return (GOOD, left if left <= item.expiry.warn_days else None) if left >= 0 else (BAD, None)
    if item.kind == "scan":
        if item.point:
            return (GOOD if value == ground.points.get(item.point, item.point) else BAD), None
        known = frozenset(item.good) | ({asset} if asset else ground.assets.get(item.asset, frozenset()))
        return (GOOD if not known or value in known else BAD), None
    if item.kind in ("yes_no", "choice") and item.good:
        return (GOOD if value in item.good else BAD), None
    return GOOD, None


def wrong(item: Item, value: Any) -> str:
    """Why a value cannot be an answer to this item; empty when it can. None takes an answer back and always can."""
    if value is None:
        return ""
    if value == NOT_APPLICABLE:
        return "" if item.na else _("this item must be answered")
    if item.kind == "number":
        fine = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12
        return "" if fine else _("a number is needed")
    if item.kind == "place":
        return "" if _place(value) else _("a place with latitude and longitude is needed")
    if not isinstance(value, str) or len(value) > MOST_TEXT or "\0" in value:
        return _("a text of at most %(most)d characters is needed") % {"most": MOST_TEXT}
    if item.kind == "date" and not _date(value):
        return _("a date such as 2026-11-23 is needed")
    known = {"yes_no": {"yes", "no"}, "choice": {one.slug for one in item.choices}}.get(item.kind)
    if known is not None and value not in known:
        return _("one of the given answers is needed")
    return "" if value or item.kind in ("photo", "signature") else _("an answer is needed")


def _date(text: str) -> bool:
    try:
        return len(text) == 10 and abs(date.fromisoformat(text) - date(2000, 1, 1)) < timedelta(days=40_000)
    except ValueError:
        return False


def _place(value: Any) -> bool:
    if not isinstance(value, dict) or not set(value) <= {"lat", "lon", "accuracy"}:
        return False
    numbers = [value.get("lat"), value.get("lon"), value.get("accuracy", 0)]
    if not all(isinstance(n, int | float) and not isinstance(n, bool) for n in numbers):
        return False
    return abs(numbers[0]) <= 90 and abs(numbers[1]) <= 180 and 0 <= numbers[2] < 1e6
