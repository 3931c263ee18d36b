"""Opening a case: the type in force today, its level, its first owner, its clocks."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from counterpoint.foundation.api import DomainError, Invalid, OrgUnit, Scope, User, nearest_holders, new_id, scoped
from counterpoint.primitives.cases import filling, telling
from counterpoint.primitives.cases.clocks import NeverDue
from counterpoint.primitives.cases.errors import Recused
from counterpoint.primitives.cases.models import Case, CaseNote, CaseWatcher
from counterpoint.primitives.cases.state import Event, opened
from counterpoint.primitives.cases.types import CaseType, in_force, pinned
from counterpoint.primitives.cases.values import CaseView, case_view
from counterpoint.primitives.cases.writing import Deed
from counterpoint.primitives.content import ContentError, Item

Due = datetime | Mapping[str, datetime] | None


class KeyTaken(DomainError):
    """The same key came with another case."""

    code = "key_taken"


def case_open(
    *,
    scope: Scope,
    org_unit: OrgUnit,
    type: str,
    now: datetime,
    title: str,
    level: str = "",
    fields: Mapping[str, Any] | None = None,
    text: str = "",
    source: str = "",
    involved: Iterable[UUID] = (),
    owner: UUID | None = None,
    key: str = "",
    due_override: Due = None,
    received_at: datetime | None = None,
    watchers: Iterable[UUID] = (),
) -> CaseView:
    """Open a case of a type. `involved` people may not decide it; without `owner` the nearest holder of the type's
    roles gets it. The same `key` at the same unit opens nothing twice. `due_override` sets the deadline by hand, of
    every clock or by clock. `received_at` (not after `now`) starts the clocks earlier. `watchers` are
    told of it and see it, also without the type's right to view. Raises `Invalid`, `Recused`."""
    item = _type(type, org_unit, now)
    kind: CaseType = item.value
    scope.require(kind.verb("open"), org_unit.path)
    with scoped(scope), transaction.atomic():
        earlier = _by_key(org_unit, key)
        if earlier is not None:
            return _again(earlier, type, now)
        return _open(
            scope, org_unit, item, now, title=title, level=level, fields=fields or {}, text=text, source=source,
            involved=sorted({str(person) for person in involved}), owner=owner, key=key,
            due=_dues(kind, due_override), received_at=received_at, watchers=frozenset(watchers),
        )  # fmt: skip


def _type(key: str, org_unit: OrgUnit, now: datetime) -> Item:
    try:
        return in_force(key, org_unit.date_at(now), org_unit.rule_pack, org_unit.path)
    except ContentError:
        raise Invalid(_("There is no kind of case “%(key)s”.") % {"key": key}, field="type") from None


def _by_key(org_unit: OrgUnit, key: str) -> Case | None:
    if not key:
        return None
    return Case.objects.select_related("org_unit", "owner").filter(org_unit=org_unit, key=key).first()


def _again(row: Case, type: str, now: datetime) -> CaseView:
    if row.type != type:
        raise KeyTaken(_("This request was used for another case already."))
    return case_view(row, pinned(row.type, row.version, row.pack, row.org_path), now)


def _dues(kind: CaseType, due: Due) -> dict[str, str]:
    if due is None:
        return {}
    named = due if isinstance(due, Mapping) else {clock.slug: due for clock in kind.clocks}
    unknown = set(named) - {clock.slug for clock in kind.clocks}
    if unknown:
        raise Invalid(_("There is no clock “%(clock)s”.") % {"clock": min(unknown)}, field="due_override")
    return {clock: at.isoformat() for clock, at in sorted(named.items())}


def first_owner(kind: CaseType, org_unit: OrgUnit, now: datetime, involved: Iterable[str]) -> User | None:
    """The nearest holder of the type's roles, in their order, who is not involved."""
    skip = frozenset(UUID(person) for person in involved) if kind.recuse_involved else frozenset()
    for role in kind.owner:
        found = nearest_holders(role=role, org_unit=org_unit, on=now, skip=skip, verb=kind.verb("handle"))
        if found:
            return found[0]
    return None


def _open(
    scope: Scope, org_unit: OrgUnit, item: Item, now: datetime, *, title: str, level: str, fields: Mapping[str, Any],
    text: str, source: str, involved: list[str], owner: UUID | None, key: str, due: dict[str, str],
    received_at: datetime | None, watchers: frozenset[UUID],
) -> CaseView:  # fmt: skip
    kind: CaseType = item.value
    level = level or kind.levels[0].slug
    if kind.level(level) is None:
        raise Invalid(_("There is no level “%(level)s”.") % {"level": level}, field="level")
    if not title.strip():
        raise Invalid(_("Say in a few words what the case is about."), field="title")
    if received_at is not None and received_at.tzinfo is None:
        raise Invalid(_("Say in which time zone the time of receipt is."), field="received_at")
    if received_at is not None and received_at > now:
        raise Invalid(_("A case cannot have come in later than now."), field="received_at")
    values = filling.cleaned(kind, fields)
    filling.demand(kind, values, "open")
    person = _owner(kind, org_unit, now, involved, owner)
    data: dict[str, Any] = {"version": item.version, "level": level, "source": source, "involved": involved}
    data |= {"owner": str(person.pk) if person else "", "due": due}
    if received_at is not None:
        data["received"] = received_at.isoformat()
    state = opened(kind, Event("opened", now, str(scope.actor or ""), data))
    row = Case(
        id=new_id(), org_unit=org_unit, type=item.key, version=item.version, pack=org_unit.rule_pack,
        rights=kind.rights, title=title.strip()[:200], source=source, state=state.to_json(), stage=state.stage,
        stage_kind="open", level=level, owner=person, opened_by=scope.actor, opened_at=now, changed_at=now,
        key=key or None,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        earlier = _by_key(org_unit, key)
        if earlier is None:
            raise
        return _again(earlier, item.key, now)
    filling.keep(row, kind, values)
    if text.strip():
        CaseNote(org_unit=org_unit, case=row, at=now, by=scope.actor, kind="opening", text=text.strip()).save()
    for told in User.objects.filter(pk__in=watchers, is_active=True):
        CaseWatcher(org_unit=org_unit, case=row, user=told).save()
    deed = Deed(scope, row, now)
    telling.owner(deed)
    try:
        return deed.finish("opened", **data)
    except NeverDue:
        raise Invalid(_("The branch has no opening hours on any coming day. Set them first."), field="type") from None


def _owner(kind: CaseType, org_unit: OrgUnit, now: datetime, involved: list[str], owner: UUID | None) -> User | None:
    if owner is None:
        return first_owner(kind, org_unit, now, involved)
    person = User.objects.filter(pk=owner, is_active=True).first()
    if person is None:
        raise Invalid(_("There is no such person."), field="owner")
    if kind.recuse_involved and str(owner) in involved:
        raise Recused(_("Who is involved in a case may not own, verify or decide it. Give it to somebody else."))
    return person
