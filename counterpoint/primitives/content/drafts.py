"""What somebody wants a definition to say: read, judged against what is in force, compared with it. Writes nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import unified_diff
from typing import Any

from django.utils.translation import gettext as _

from counterpoint.primitives.content import bodies, checking, loader, registry, yaml_text
from counterpoint.primitives.content.bodies import BodyError, BodyProblem
from counterpoint.primitives.content.loader import ANY, Item
from counterpoint.primitives.content.registry import ContentError, Kind
from counterpoint.ui.punctuation import listed

KEY = re.compile(r"^[a-z0-9][a-z0-9_.-]{0,99}$")
PACK = re.compile(r"^[a-z][a-z0-9_-]{0,15}$")


@dataclass(frozen=True)
class Draft:
    """A wished version. `text` is YAML of the body and its `examples`; what the database keeps."""

    kind: str
    key: str
    text: str
    source: str
    mark: str
    effective_from: date
    effective_to: date | None = None
    pack: str = ANY
    why: str = ""


@dataclass(frozen=True)
class Worked:
    """A worked example and why it does not hold; `wrong` is empty when it does."""

    example: dict[str, Any]
    wrong: str

    @property
    def text(self) -> str:
        """The example on one line."""
        return ", ".join(f"{name}: {_inline(value)}" for name, value in self.example.items())


@dataclass(frozen=True)
class Judged:
    """A draft as it would read: the item (None when it cannot be read), what is wrong, and what it changes."""

    draft: Draft
    item: Item | None
    before: Item | None
    problems: tuple[BodyProblem, ...] = ()
    worked: tuple[Worked, ...] = ()
    shifted: tuple[Worked, ...] = field(default=())

    @property
    def sound(self) -> bool:
        """Whether it may be proposed."""
        return self.item is not None and not self.problems

    @property
    def difference(self) -> tuple[tuple[str, str], ...]:
        """Lines against the version in force: (added, removed, same or place, text)."""
        return difference(text_of(self.before, self.draft.kind) if self.before else "", draft_text(self.draft))


def judge(
    draft: Draft, *, today: date, bank: str | None = None, also: frozenset[tuple[str, str]] = frozenset()
) -> Judged:
    """Whether the draft may become a version: readable, its examples hold, what it refers to exists, its days fit.

    `also` are (kind, key) that wait for a decision: a proposal may refer to them, a decided version may not.
    """
    problems = _head(draft, today)
    kind = _kind(draft, problems)
    before = in_force(draft.kind, draft.key, max(draft.effective_from, today), draft.pack, bank) if kind else None
    item = _item(draft, kind, problems) if kind else None
    if item is None or kind is None:
        return Judged(draft, None, before, tuple(problems))
    worked = tuple(Worked(one, loader.wrong_example(kind, item, one)) for one in item.examples)
    problems += [
        BodyProblem("examples", _("an example does not hold: %(text)s") % {"text": w.text}) for w in worked if w.wrong
    ]
    if kind.check_example and before and before.examples and not item.examples:
        problems.append(BodyProblem("examples", _("keep at least one worked example")))
    also = also | {(draft.kind, draft.key)}
    problems += [
        BodyProblem("", found.message) for found in checking.check_items(kind, (replace(item, examples=()),), also=also)
    ]
    problems += _against(draft, item, before, kind, bank)
    shifted = _shifted(kind, before, item) if before else ()
    return Judged(draft, item, before, tuple(problems), worked, shifted)


def in_force(kind: str, key: str, on: date, pack: str, bank: str | None) -> Item | None:
    """What rules for a pack on a day; for `any` only what holds for all packs."""
    return loader.items(kind, on, pack, bank=bank).get(key)


def _head(draft: Draft, today: date) -> list[BodyProblem]:
    found = []
    if not KEY.match(draft.key):
        found.append(BodyProblem("key", _("use small letters, digits, dot, underscore or hyphen")))
    if not PACK.match(draft.pack):
        found.append(BodyProblem("pack", _("use cn, intl, any or another short word")))
    if draft.mark not in loader.MARKS:
        found.append(BodyProblem("mark", _("choose one of the four marks")))
    if not draft.source.strip():
        found.append(BodyProblem("source", _("say where the rule comes from")))
    if len(draft.source) > 400:
        found.append(BodyProblem("source", _("is too long")))
    if draft.effective_from < today:
        found.append(BodyProblem("effective_from", _("a version cannot begin in the past")))
    if draft.effective_to is not None and draft.effective_to <= draft.effective_from:
        found.append(BodyProblem("effective_to", _("it ends before it is in force")))
    return found


def _kind(draft: Draft, problems: list[BodyProblem]) -> Kind | None:
    try:
        kind = registry.kind_of(draft.kind)
    except ContentError as wrong:
        problems.append(BodyProblem("", str(wrong)))
        return None
    return kind


def _item(draft: Draft, kind: Kind, problems: list[BodyProblem]) -> Item | None:
    """The draft as an item; what cannot be read is added to the problems by field."""
    try:
        data, examples = body_of(draft.text)
        value = kind.value_of(draft.key, data)
    except BodyError as wrong:
        problems += wrong.problems
        return None
    except (ValueError, TypeError, KeyError) as wrong:
        problems.append(BodyProblem("", str(wrong)))
        return None
    return Item(
        draft.key, 1, draft.pack, draft.source, draft.mark, draft.effective_from, draft.effective_to, value,
        tuple(examples), "", data,
    )  # fmt: skip


def parsed(text: str) -> dict[str, Any]:
    """The body and examples of a text. Raises `BodyError`."""
    try:
        data = yaml_text.load(text)
    except yaml_text.YamlFault as wrong:
        raise BodyError((BodyProblem("", str(wrong)),)) from wrong
    if not isinstance(data, dict):
        raise BodyError((BodyProblem("", _("the text must be a group of fields")),))
    return data


def body_of(text: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The body of a text, and its examples. Raises `BodyError`, also for fields that do not belong to the text."""
    data = parsed(text)
    examples = data.pop("examples", [])
    if not isinstance(examples, list) or not all(isinstance(one, dict) for one in examples):
        raise BodyError((BodyProblem("examples", _("must be a list of groups of fields")),))
    if own := sorted(set(data) & loader.COMMON):
        raise BodyError((BodyProblem(own[0], _("stands above, not in the text")),))
    return data, examples


def _against(draft: Draft, item: Item, before: Item | None, kind: Kind, bank: str | None) -> list[BodyProblem]:
    """What the versions that exist already forbid."""
    found = []
    own = [one for one in loader.every(draft.kind, bank=bank) if (one.key, one.pack) == (draft.key, draft.pack)]
    latest = max((one.effective_from for one in own if one.decided), default=None)
    if latest is not None and draft.effective_from < latest:
        words = {"date": latest}
        found.append(
            BodyProblem("effective_from", _("a decided version begins on %(date)s; begin then or later") % words)
        )
    if draft.effective_to is not None and draft.key in kind.needs:
        found.append(
            BodyProblem("effective_to", _("the house cannot work without this definition; leave the end open"))
        )
    if before is not None and before.pack == draft.pack and loader.told(before) == loader.told(item):
        found.append(BodyProblem("", _("nothing differs from the version in force")))
    if draft.effective_to is not None:
        named = (draft.kind, draft.key)
        users = [
            f"{other} {user.key}"
            for other, user in used_by(*named, bank=bank)
            if named in registry.kind_of(other).references(user.value)
        ]
        if users:
            found.append(BodyProblem("effective_to", _("still used by: %(what)s") % {"what": listed(users[:5])}))
    return found


def _shifted(kind: Kind, before: Item, item: Item) -> tuple[Worked, ...]:
    """The examples of the version in force that come out differently with the new one: its effect in numbers."""
    worked = (Worked(one, loader.wrong_example(kind, item, one)) for one in before.examples)
    return tuple(one for one in worked if one.wrong)


def used_by(kind: str, key: str, *, bank: str | None = None) -> list[tuple[str, Item]]:
    """Definitions (kind, newest version) that refer to this one."""
    found = []
    for other in registry.kinds():
        newest: dict[tuple[str, str], Item] = {}
        for item in loader.every(other.name, bank=bank):
            held = newest.get((item.key, item.pack))
            if held is None or held.version < item.version:
                newest[item.key, item.pack] = item
        found += [(other.name, item) for item in newest.values() if (kind, key) in other.names(item.value)]
    return found


def text_of(item: Item, kind: str) -> str:
    """Source, mark, days and body of an item as people compare them."""
    return _told(kind, item.source, item.mark, item.effective_from, item.effective_to, item.body, item.examples)


def draft_text(draft: Draft) -> str:
    """The same of a draft."""
    try:
        data = parsed(draft.text)
    except BodyError:
        return draft.text
    examples = data.pop("examples", [])
    return _told(draft.kind, draft.source, draft.mark, draft.effective_from, draft.effective_to, data, examples)


def _told(
    kind: str, source: str, mark: str, since: date, until: date | None, body: Mapping[str, Any], examples: Any
) -> str:
    head: dict[str, Any] = {"source": source, "mark": mark, "effective_from": since}
    if until:
        head["effective_to"] = until
    tail = {"examples": list(examples)} if examples else {}
    declared = registry.kind_of(kind)
    plain = yaml_text.plain(dict(body))
    return yaml_text.dump({**head, **(bodies.in_order(declared.schema(), plain) if declared.type else plain), **tail})


def body_text(item: Item) -> str:
    """Body and examples of an item, to begin an edit with."""
    tail = {"examples": list(item.examples)} if item.examples else {}
    return yaml_text.dump({**item.body, **tail})


def difference(old: str, new: str) -> tuple[tuple[str, str], ...]:
    """Lines that differ with three around them: (kind, text), kind is add, drop, same or place."""
    kinds = {"+": "add", "-": "drop", "@": "place"}
    lines = list(unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=3))[2:]
    return tuple((kinds.get(line[:1], "same"), line if line[:1] == "@" else line[1:]) for line in lines)


def _inline(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return yaml_text.flow(value)
    return str(value)
