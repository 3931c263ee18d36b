"""Reads for the pages of definitions: the catalogue, one definition with its versions, proposals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from counterpoint.foundation.api import NotFound, OrgUnit, Scope, User, scoped
from counterpoint.primitives.content import drafts, labels, loader, overlay, registry
from counterpoint.primitives.content.drafts import Draft, Judged, Worked
from counterpoint.primitives.content.loader import Item
from counterpoint.primitives.content.models import ContentVersion
from counterpoint.primitives.content.registry import ContentError, Kind
from counterpoint.ui import reader

State = ContentVersion.State


@dataclass(frozen=True)
class Listed:
    """A definition in the catalogue: the version that rules (or else the nearest one), and what waits."""

    kind: Kind
    item: Item
    room: str
    name: str
    ruling: bool
    versions: int
    next_from: date | None
    waiting: bool

    @property
    def title(self) -> str:
        """What the kind is called."""
        return labels.title_of(self.kind)


@dataclass(frozen=True)
class Use:
    """A definition at the other end of a reference."""

    kind: str
    kind_title: str
    key: str
    name: str


@dataclass(frozen=True)
class Definition:
    """One key and pack with its versions, newest first, the ruling one's examples, and references both ways."""

    kind: Kind
    key: str
    pack: str
    name: str
    item: Item
    ruling: Item | None
    versions: tuple[Item, ...]
    packs: tuple[str, ...]
    worked: tuple[Worked, ...]
    uses: tuple[Use, ...]
    used_by: tuple[Use, ...]
    waiting: ContentVersion | None

    @property
    def title(self) -> str:
        """What the kind is called."""
        return labels.title_of(self.kind)

    @property
    def pages(self) -> tuple[tuple[str, str], ...]:
        """Pages that read the kind."""
        return pages_of(self.kind)


@dataclass(frozen=True)
class Preview:
    """A draft as it would read, and whom it would reach."""

    judged: Judged
    used_by: tuple[Use, ...]
    pages: tuple[tuple[str, str], ...]
    branches: int


@dataclass(frozen=True)
class Proposal:
    """A proposal with the names of its people; `preview` only when one is asked for."""

    row: ContentVersion
    title: str
    name: str
    proposed_by: str
    decided_by: str
    preview: Preview | None = None


def name_of(item: Item, language: str) -> str:
    """What a definition is called: its own name, or that of its body; the key otherwise."""
    names = getattr(item.value, "names", None) or item.body.get("names")
    if isinstance(names, dict):
        return reader.said(names, language) or item.key
    return item.key


def room_of(kind: Kind, item: Item) -> str:
    """The room whose folder holds it; the kind's own room for one that headquarters made."""
    first = item.file.partition("/")[0]
    return first if first in labels.ROOMS else kind.room


def catalogue(*, scope: Scope, on: date, language: str) -> list[Listed]:
    """Every definition by room, kind and key."""
    with scoped(scope):
        waiting = set(ContentVersion.objects.filter(state=State.PROPOSED).values_list("kind", "key", "pack"))
        found = [one for kind in registry.kinds() for one in _listed(kind, on, language, waiting)]
    rooms = list(labels.ROOMS)

    def place(one: Listed) -> tuple[int, str, str, str]:
        at = rooms.index(one.room) if one.room in rooms else len(rooms)
        return at, one.kind.name, one.item.key, one.item.pack

    return sorted(found, key=place)


def _listed(kind: Kind, on: date, language: str, waiting: set[tuple[str, str, str]]) -> Iterable[Listed]:
    held: dict[tuple[str, str], list[Item]] = defaultdict(list)
    for item in loader.every(kind.name):
        held[item.key, item.pack].append(item)
    for (key, pack), versions in held.items():
        ruling = [one for one in versions if one.in_force(on)]
        later = sorted(one.effective_from for one in versions if one.effective_from > on)
        shown = max(ruling or versions, key=lambda one: one.version)
        yield Listed(
            kind, shown, room_of(kind, shown), name_of(shown, language), bool(ruling), len(versions),
            later[0] if later else None, (kind.name, key, pack) in waiting,
        )  # fmt: skip


def definition(
    *, scope: Scope, kind: str, key: str, pack: str, on: date, language: str, number: int | None = None
) -> Definition:
    """One definition; `number` shows an older or coming version. `NotFound` when there is none."""
    with scoped(scope):
        declared = _declared(kind)
        every = [item for item in loader.every(kind) if item.key == key]
        packs = sorted({item.pack for item in every}, key=lambda one: (one != loader.ANY, one))
        own = pack if pack in packs else next(iter(packs), "")
        versions = sorted((item for item in every if item.pack == own), key=lambda one: -one.version)
        ruling = next((item for item in versions if item.in_force(on)), None)
        shown = ruling or next(iter(versions), None)
        if number is not None:
            shown = next((item for item in versions if item.version == number), None)
        if shown is None:
            raise NotFound(_("There is no such definition here."))
        worked = tuple(Worked(one, loader.wrong_example(declared, shown, one)) for one in shown.examples)
        rows = ContentVersion.objects.filter(kind=kind, key=key, pack=own, state=State.PROPOSED)
        return Definition(
            declared, key, own, name_of(shown, language), shown, ruling, tuple(versions), tuple(packs), worked,
            _uses(declared.names(shown.value), on, language), used_by(kind, key, language), rows.first(),
        )  # fmt: skip


def _declared(kind: str) -> Kind:
    try:
        return registry.kind_of(kind)
    except ContentError:
        raise NotFound(_("There is no such definition here.")) from None


def _uses(references: Iterable[tuple[str, str]], on: date, language: str) -> tuple[Use, ...]:
    found = []
    for kind, key in dict.fromkeys(references):
        held = [item for item in loader.every(kind) if item.key == key]
        ruling = next((item for item in held if item.in_force(on)), held[0] if held else None)
        name = name_of(ruling, language) if ruling else key
        found.append(Use(kind, labels.title_of(registry.kind_of(kind)), key, name))
    return tuple(found)


def used_by(kind: str, key: str, language: str) -> tuple[Use, ...]:
    """Definitions that refer to this one; each once, whatever its packs."""
    found = drafts.used_by(kind, key)
    uses = [
        Use(other, labels.title_of(registry.kind_of(other)), item.key, name_of(item, language)) for other, item in found
    ]
    return tuple(dict.fromkeys(uses))


def proposals(*, scope: Scope, state: str, language: str) -> list[Proposal]:
    """Proposals in a state, newest first; without judging them."""
    with scoped(scope):
        rows = list(ContentVersion.objects.filter(state=state).order_by("-proposed_at")[:200])
        names = _names(rows)
        return [_proposal(row, names, language) for row in rows]


def counts(*, scope: Scope) -> dict[str, int]:
    """How many proposals are in each state."""
    with scoped(scope):
        found: dict[str, int] = defaultdict(int)
        for state in ContentVersion.objects.values_list("state", flat=True):
            found[state] += 1
    return dict(found)


def proposal(*, scope: Scope, proposal: UUID, today: date, language: str) -> Proposal:
    """One proposal: while it waits, judged as it would read today; later, against the version it was made from."""
    with scoped(scope):
        row = ContentVersion.objects.filter(pk=proposal).first()
        if row is None:
            raise NotFound(_("There is no such proposal here."))
        draft = draft_of(row)
        begins = replace(draft, effective_from=max(row.effective_from, today))
        judged = drafts.judge(begins, today=today, bank=row.org_path) if row.state == State.PROPOSED else _past(row)
        shown = _preview(draft, judged, language)
        found = _proposal(row, _names([row]), language)
        name = name_of(judged.item, language) if judged.item else found.name
        return replace(found, name=name, preview=shown)


def preview(*, scope: Scope, draft: Draft, today: date, bank: str, language: str) -> Preview:
    """A draft that nobody has proposed yet."""
    with scoped(scope):
        return _preview(draft, drafts.judge(draft, today=today, bank=bank), language)


def draft_of(row: ContentVersion) -> Draft:
    """What a row wishes."""
    return Draft(
        row.kind, row.key, row.text, row.source, row.mark, row.effective_from, row.effective_to, row.pack, row.why
    )


def _preview(draft: Draft, judged: Judged, language: str) -> Preview:
    units = OrgUnit.objects.filter(kind=OrgUnit.Kind.BRANCH)
    reached = units.count() if draft.pack == loader.ANY else units.filter(rule_pack=draft.pack).count()
    try:
        pages = pages_of(registry.kind_of(draft.kind))
    except ContentError:
        pages = ()
    return Preview(judged, used_by(draft.kind, draft.key, language), pages, reached)


def pages_of(kind: Kind) -> tuple[tuple[str, str], ...]:
    """Words and addresses of the pages that read a kind; a page that this house does not have is left out."""
    found = []
    for label, name in kind.pages:
        try:
            found.append((str(label), reverse(name)))
        except NoReverseMatch:
            continue
    return tuple(found)


def _past(row: ContentVersion) -> Judged:
    """A decided proposal beside the version it was made from."""
    kind = _declared(row.kind)
    held = [item for item in loader.every(row.kind, bank=row.org_path) if item.key == row.key]
    before = next((item for item in held if item.version == row.based_on), None)
    try:
        item = overlay.item_of(row)
    except (ContentError, ValueError, TypeError):
        return Judged(draft_of(row), None, before)
    worked = tuple(Worked(one, loader.wrong_example(kind, item, one)) for one in item.examples)
    return Judged(draft_of(row), item, before, worked=worked)


def _names(rows: Iterable[ContentVersion]) -> dict[UUID, str]:
    people = {one for row in rows for one in (row.proposed_by, row.decided_by) if one}
    return dict(User.objects.filter(pk__in=people).values_list("pk", "name"))


def _proposal(row: ContentVersion, names: dict[UUID, str], language: str) -> Proposal:
    try:
        title = labels.title_of(registry.kind_of(row.kind))
        held = [item for item in loader.every(row.kind, bank=row.org_path) if item.key == row.key]
        name = name_of(max(held, key=lambda one: one.version), language) if held else row.key
    except ContentError:
        title, name = row.kind, row.key
    proposer = names.get(row.proposed_by, "") if row.proposed_by else _("the server")
    return Proposal(row, title, name, proposer, names.get(row.decided_by, "") if row.decided_by else "")
