"""Lessons, questions and changes of rules as pages show them, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from counterpoint.academy import probes
from counterpoint.academy.catalogue.lessons import Bank, Block, Cited, Exercise, Open
from counterpoint.academy.catalogue.questions import QuestionBody, right_of
from counterpoint.academy.catalogue.reading import pinned, question, ruling
from counterpoint.academy.learning.queries import CHANGED, NEW, UNDER_WAY, Standing
from counterpoint.academy.models import LessonAnswer, LessonRun
from counterpoint.academy.models.learning import PASSED
from counterpoint.academy.probes import Look
from counterpoint.academy.rules.answering import at
from counterpoint.academy.rules.checking import NOTHING
from counterpoint.academy.rules.diffing import Change, DiffLesson
from counterpoint.academy.rules.words import tell
from counterpoint.foundation.api import DomainError
from counterpoint.primitives.content import Item, kind_of, labels
from counterpoint.primitives.content import verbs as content_verbs


def state(standing: Standing) -> tuple[str, str]:
    """A standing in a word, and how loud it is."""
    return {
        NEW: (_("Not begun"), "calm"), UNDER_WAY: (_("Under way"), "info"), PASSED: (_("Has passed"), "fine"),
        CHANGED: (_("A rule has changed"), "watch"),
    }[standing.state]  # fmt: skip


def number(value: float) -> str:
    """Without an empty fraction."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


TIMES = frozenset({"minutes", "hours", "days", "working_days", "calendar_days"})


@dataclass(frozen=True)
class Reader:
    """Tells values of one rule in words: fields and choices as headquarters reads them, rows by their own names."""

    item: Item
    kind: str

    def value(self, field: str, value: Any) -> str:
        """A value that stands at a field."""
        if value is None or value == "":
            return "–"
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, int | float):
            return number(value)
        if isinstance(value, Mapping):
            if "zh-hans" in value:
                return tell(value)
            return _(", ").join(self._pair(name, one) for name, one in value.items())
        if isinstance(value, Sequence) and not isinstance(value, str):
            return _(", ").join(self.value(field, one) for one in value)
        last = field.rsplit(".", 1)[-1]
        return labels.words_of(kind_of(self.kind))(last, str(value)) or self._named(str(value)) or str(value)

    def name(self, field: str) -> str:
        """A field in words: that of the kind, else the name of the row whose short name it is."""
        return labels.words_of(kind_of(self.kind))(field, "") or self._named(field) or field

    def _pair(self, name: str, value: Any) -> str:
        """A field with its value; a flag that is set is its name alone, a time has its unit behind it."""
        if value is True:
            return self.name(name)
        told = (self.value(name, value), self.name(name))
        return " ".join(told if name in TIMES else told[::-1])

    def _named(self, slug: str) -> str:
        row = _row_named(self.item.body, slug)
        return tell(row["names"]) if row else ""


def _row_named(node: Any, slug: str) -> Mapping[str, Any] | None:
    """The first row of a definition with this short name and a name."""
    if isinstance(node, Mapping):
        if node.get("slug") == slug and isinstance(node.get("names"), Mapping):
            return node
        node = list(node.values())
    if isinstance(node, Sequence) and not isinstance(node, str):
        return next(filter(None, (_row_named(one, slug) for one in node)), None)
    return None


@dataclass(frozen=True)
class Standard:
    """A cited rule as it stands in its own definition, with the fields that the lesson teaches: (words, value).
    `item` is None where the branch's rule pack has none. `newer` rules by now, unless the lesson cites it as well;
    `now` is what it says differently of these fields."""

    name: str
    item: Item | None
    fields: tuple[tuple[str, str], ...]
    url: str = ""
    newer: Item | None = None
    now: tuple[tuple[str, str], ...] = ()


def standards(rules: Sequence[Cited], look: Look) -> list[Standard]:
    """The standards of a lesson by reference: value, source, mark and date come from the rule itself, once a rule."""
    groups: dict[tuple[str, str, int], list[Cited]] = {}
    for one in rules:
        groups.setdefault((one.kind, one.key, one.version), []).append(one)
    return [_standard(*one, groups, look) for one in groups]


def _standard(
    kind: str, key: str, version: int, groups: Mapping[tuple[str, str, int], Sequence[Cited]], look: Look
) -> Standard:  # fmt: skip
    item, newest = pinned(kind, key, version, look.branch), ruling(kind, key, look.branch, look.today)
    cited = groups[kind, key, version]
    if item is None:
        return Standard("", None, tuple((tell(one.words), "") for one in cited))
    readable = look.scope.may(content_verbs.VIEW, look.branch.path)
    url = reverse("primitives:content-definition", args=[kind, key]) if readable else ""
    fields = _taught(kind, item, cited)
    if newest is None or (kind, key, newest.version) in groups:
        return Standard(name_of(kind, item), item, fields, url)
    now = tuple(row for row, was in zip(_taught(kind, newest, cited), fields, strict=True) if row != was)
    return Standard(name_of(kind, item), item, fields, url, newest, now)


def _taught(kind: str, item: Item, cited: Sequence[Cited]) -> tuple[tuple[str, str], ...]:
    """What a version says of the cited fields: (words, value)."""
    told = Reader(item, kind)
    values = (told.value(one.field, at(item.body, one.field)) if one.field else "" for one in cited)
    return tuple((tell(one.words), value) for one, value in zip(cited, values, strict=True))


def name_of(kind: str, item: Item) -> str:
    """What a rule is called in the reader's language."""
    names = item.body.get("names")
    return tell(names) if isinstance(names, Mapping) else labels.title_of(kind_of(kind))


@dataclass(frozen=True)
class Figures:
    """Figures of the branch: (name, value) with the sentence that reads them; `refused` when the reader may not."""

    words: str
    rows: tuple[tuple[str, str], ...] = ()
    refused: str = ""


Figure = tuple[str, frozenset[tuple[str, Any]], str]  # a probe, what it is asked with, one of its values


def to_find(exercise: Exercise) -> frozenset[Figure]:
    """What the learner is to read on the product's page: the lesson does not tell it before."""
    return frozenset((one.probe, frozenset(one.args.items()), one.field) for one in exercise.asks)


def figures(bank: Bank, look: Look, hidden: frozenset[Figure]) -> Figures:
    """The probe's values now."""
    words = tell(bank.words)
    try:
        found = probes.read(bank.probe, look, bank.args)
    except DomainError as refused:
        return Figures(words, refused=refused.message)
    gives = probes.known()[bank.probe].gives
    own = [(one, (bank.probe, frozenset(bank.args.items()), one) in hidden) for one in bank.fields]
    return Figures(
        words,
        tuple((str(gives[one]), _("yours to find in the exercise") if kept else shown(found.get(one)))
              for one, kept in own),
    )  # fmt: skip


def shown(value: Any) -> str:
    """A probe's value; a dash where nothing was found."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return number(value)
    return str(PLAIN[value]()) if value in PLAIN else str(value)


PLAIN = {
    "fine": lambda: _("target met"), "watch": lambda: _("target missed, maybe by chance"),
    "act": lambda: _("target surely missed"), "few": lambda: _("too few cases to judge"),
    "none": lambda: _("no cases"), "calm": lambda: _("no target"), "yes": lambda: _("yes"), "no": lambda: _("no"),
}  # fmt: skip


@dataclass(frozen=True)
class Part:
    """One part of a lesson's body as a template shows it."""

    kind: str
    head: str
    text: str = ""
    lines: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[tuple[str, str], ...], ...] = ()
    figures: Figures | None = None
    pairs: tuple[tuple[str, str], ...] = ()


def parts(blocks: Sequence[Block], look: Look, hidden: frozenset[Figure] = frozenset()) -> list[Part]:
    """The lesson's body, without the figures that are `hidden`."""
    return [_part(block, look, hidden) for block in blocks]


def _part(block: Block, look: Look, hidden: frozenset[Figure]) -> Part:
    kind = block.parts[0]
    part = Part(kind, tell(block.head) if block.head else "")
    if kind in ("text", "ask"):
        return replace(part, text=tell(getattr(block, kind)))
    if kind == "steps":
        return replace(part, lines=tuple(tell(one) for one in block.steps))
    if block.table:
        columns = tuple(tell(one) for one in block.table.columns)
        rows = tuple(tuple(zip(columns, map(tell, row), strict=True)) for row in block.table.rows)
        return replace(part, columns=columns, rows=rows)
    if block.bank:
        return replace(part, figures=figures(block.bank, look, hidden))
    one = block.wrong
    assert one is not None
    pairs = ((_("How it shows"), tell(one.sign)), (_("Why it happens"), tell(one.cause)),
             (_("What it costs"), tell(one.cost)), (_("What to do about it"), tell(one.remedy)))  # fmt: skip
    return replace(part, pairs=pairs)


@dataclass(frozen=True)
class Choice:
    """An option with whether it was chosen and is right; `why` only once an answer was given."""

    slug: str
    words: str
    why: str = ""
    chosen: bool = False
    right: bool = False
    place: int = 0


@dataclass(frozen=True)
class Asked:
    """A question as a page shows it. `score` is None until it was answered."""

    key: str
    number: int
    form: str
    stem: str
    choices: tuple[Choice, ...]
    unit: str = ""
    score: float | None = None
    given: str = ""
    right: str = ""
    why: str = ""
    mark: str = ""
    source: Any = None

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return f"q{self.number}"


class Answer(Protocol):
    """What was answered, in a lesson or in an exam."""

    given: list[str]
    score: float
    at: datetime


def asked(keys: Sequence[str], look: Look, answers: Mapping[str, LessonAnswer]) -> list[Asked]:
    """Questions of a lesson with what was answered and why it is right or wrong."""
    found = []
    for number_, key in enumerate(keys, 1):
        item = question(key, look.branch, look.today)
        if item is not None:
            found.append(one_asked(item, number_, look, answers.get(key)))
    return found


def one_asked(item: Item, place: int, look: Look, answer: Answer | None) -> Asked:
    """A question; with what was answered, what is right and why once there is an answer."""
    body: QuestionBody = item.value
    on = look.branch.date_at(answer.at) if answer else look.today
    right = right_of(body, on, look.branch.rule_pack, look.branch.path) if answer else ()
    given = answer.given if answer else []
    choices = tuple(
        Choice(one.slug, tell(one.words), tell(one.why) if answer else "", one.slug in given, one.slug in right,
               given.index(one.slug) + 1 if one.slug in given else 0)
        for one in body.options
    )  # fmt: skip
    by_slug = {one.slug: tell(one.words) for one in body.options}
    return Asked(
        key=item.key, number=place, form="number" if body.form == "rule" and not body.options else body.form,
        stem=tell(body.stem), choices=choices, unit=tell(body.unit) if body.unit else "",
        score=answer.score if answer else None, given=_(", ").join(by_slug.get(one, one) for one in given),
        right=(" → " if body.form == "order" else _(", ")).join(by_slug.get(one, one) for one in right),
        why=tell(body.why) if answer else "", mark=item.mark, source=item,
    )  # fmt: skip


CHAPTERS = {
    1: lambda: _("Role and goals"), 2: lambda: _("Leading a team"), 3: lambda: _("Running the hall"),
    4: lambda: _("Service quality"), 5: lambda: _("Risk and rules"), 6: lambda: _("Figures in use"),
}  # fmt: skip


def chapter(number: int) -> str:
    """A chapter of the curriculum in one or two words; its number where it has none."""
    return CHAPTERS[number]() if number in CHAPTERS else str(number)


@dataclass(frozen=True)
class ToRead:
    """A figure or choice to read on the product's page, with what was typed and whether it agreed."""

    slug: str
    words: str
    form: str
    choices: tuple[tuple[str, str], ...]
    given: str = ""
    holds: bool | None = None

    @property
    def said(self) -> str:
        """What was typed or chosen, in words."""
        return _("There is nothing to read here") if self.nothing else dict(self.choices).get(self.given, self.given)

    @property
    def nothing(self) -> bool:
        """Whether it was said that the page shows nothing."""
        return self.given == NOTHING


def to_read(exercise: Exercise, run: LessonRun | None) -> list[ToRead]:
    """The exercise's figures with the last check of the run."""
    held = {one["slug"]: one for one in (run.verdict.get("lines", []) if run else [])}
    return [
        ToRead(
            one.slug, tell(one.words), one.form, tuple((c.slug, tell(c.words)) for c in one.choices),
            held.get(one.slug, {}).get("given", ""), held.get(one.slug, {}).get("holds"),
        )
        for one in exercise.asks
    ]  # fmt: skip


def address(place: Open) -> str:
    """The page of the product where an exercise begins; empty when the house has no such page."""
    try:
        url = reverse(place.url, args=place.args or None)
    except NoReverseMatch:
        return ""
    return f"{url}?{'&'.join(f'{key}={value}' for key, value in place.query.items())}" if place.query else url


@dataclass(frozen=True)
class ShownChange:
    """One field that changed, with its name and both values in words."""

    name: str
    old: str
    new: str


def shown_changes(one: DiffLesson) -> list[ShownChange]:
    """Field by field, old and new."""
    was, now = Reader(one.taught, one.kind), Reader(one.now, one.kind)
    return [
        ShownChange(_path_words(now, change), was.value(change.path, change.old), now.value(change.path, change.new))
        for change in one.changes
    ]


def _path_words(rule: Reader, change: Change) -> str:
    """The place of a field in words: the names of what holds it, from outside in."""
    node, told = rule.item.body, []
    for part in change.path.split("."):
        node = at(node, part) if node is not None else None
        names = node.get("names") if isinstance(node, Mapping) else None
        told.append(tell(names) if isinstance(names, Mapping) else rule.name(part))
    return " · ".join(told)
