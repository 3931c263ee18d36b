"""Verbs of the foundation: the tree, the people, the places. Each is one transaction with one journal entry."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from counterpoint.foundation import (
    access,
    fact_types,  # noqa: F401  (registers the kinds)
    journal,
    roles,
)
from counterpoint.foundation.calendar import Interval
from counterpoint.foundation.errors import Invalid
from counterpoint.foundation.models import (
    Counter,
    Device,
    DeviceKey,
    JournalEntry,
    OpeningHours,
    OrgUnit,
    Post,
    SpecialDay,
    User,
    Zone,
)
from counterpoint.foundation.scope import PRACTICE, Scope, check_write
from counterpoint.foundation.scoped_models import scoped_models

EDIT = "foundation.org.edit"
PEOPLE = "foundation.people.edit"


@transaction.atomic
def org_unit_create(
    *, scope: Scope, now: datetime, kind: str, code: str, name: str, parent: OrgUnit | None = None, **fields: Any
) -> OrgUnit:
    """Add headquarters, a region or a branch under `parent`."""
    scope.require(EDIT, parent.path if parent else "/")
    unit = OrgUnit(kind=kind, code=code, name=name, parent=parent, **fields)
    unit.stamp_path()
    check_write(unit.path)
    unit.save(force_insert=True)
    data = {"code": code, "kind": kind}
    _note(scope, unit, "foundation.org_unit_created", str(unit.pk), now, data)
    return unit


@transaction.atomic
def org_unit_move(*, scope: Scope, now: datetime, unit: OrgUnit, parent: OrgUnit) -> OrgUnit:
    """Put a unit under another parent; every row of its subtree follows in the same transaction."""
    scope.require(EDIT, unit.path)
    scope.require(EDIT, parent.path)
    list(OrgUnit.objects.select_for_update().order_by("path").values_list("pk"))  # the tree is moved by one at a time
    unit.refresh_from_db()
    parent.refresh_from_db()
    if parent.path.startswith(unit.path):
        raise Invalid(_("A unit cannot be moved under itself."), field="parent")
    if parent.path.startswith(PRACTICE) != unit.path.startswith(PRACTICE):
        raise Invalid(_("A unit cannot be moved between the bank and practice."), field="parent")
    old = unit.path
    unit.parent = parent
    unit.stamp_path()
    new = unit.path
    OrgUnit.objects.filter(pk=unit.pk).update(parent=parent)
    for model in scoped_models():
        field = model.path_field
        inside = model.objects.filter(**{f"{field}__within": (old,)})
        if model is JournalEntry:
            continue  # history stays where it happened; the chain cannot be rewritten anyway
        inside.update(**{field: Concat(Value(new), Substr(field, len(old) + 1))})
    unit.refresh_from_db()
    _note(scope, unit, "foundation.org_unit_moved", str(unit.pk), now, {"from": old, "to": new})
    return unit


@transaction.atomic
def zone_create(*, scope: Scope, now: datetime, branch: OrgUnit, code: str, name: str, kind: str) -> Zone:
    """Add a zone to a branch."""
    scope.require(EDIT, branch.path)
    zone = Zone(org_unit=branch, code=code, name=name, kind=kind)
    zone.save(force_insert=True)
    _note_place(scope, branch, "zone", code, kind, now)
    return zone


@transaction.atomic
def counter_create(
    *, scope: Scope, now: datetime, branch: OrgUnit, number: int, kind: str, zone: Zone | None = None, name: str = ""
) -> Counter:
    """Add a counter (window) to a branch."""
    scope.require(EDIT, branch.path)
    if Counter.objects.filter(org_unit=branch, number=number).exists():
        raise Invalid(_("Counter %(no)s exists already.") % {"no": number}, field="number")
    counter = Counter(org_unit=branch, number=number, kind=kind, zone=zone, name=name)
    counter.save(force_insert=True)
    _note_place(scope, branch, "counter", str(number), kind, now)
    return counter


@transaction.atomic
def device_create(
    *, scope: Scope, now: datetime, branch: OrgUnit, code: str, name: str, kind: str, zone: Zone | None = None
) -> Device:
    """Add a device to a branch."""
    scope.require(EDIT, branch.path)
    if Device.objects.filter(org_unit=branch, code=code).exists():
        raise Invalid(_("Device %(code)s exists already.") % {"code": code}, field="code")
    device = Device(org_unit=branch, code=code, name=name, kind=kind, zone=zone)
    device.save(force_insert=True)
    _note_place(scope, branch, "device", code, kind, now)
    return device


@transaction.atomic
def hours_set(*, scope: Scope, now: datetime, branch: OrgUnit, weekly: dict[int, Sequence[Interval]]) -> None:
    """Replace the weekly opening hours; minutes after local midnight."""
    scope.require(EDIT, branch.path)
    OpeningHours.objects.filter(org_unit=branch).delete()
    for weekday, spans in weekly.items():
        for opens, closes in spans:
            OpeningHours(org_unit=branch, weekday=weekday, opens=opens, closes=closes).save(force_insert=True)
    flat = [[weekday, a, b] for weekday, spans in sorted(weekly.items()) for a, b in spans]
    _note(scope, branch, "foundation.hours_set", str(branch.pk), now, {"intervals": flat})


@transaction.atomic
def special_day_set(
    *, scope: Scope, now: datetime, branch: OrgUnit, on: date, opens: int | None, closes: int | None, reason: str
) -> SpecialDay:
    """Close a date (no times) or open it at other hours."""
    scope.require(EDIT, branch.path)
    closed = opens is None or closes is None
    if not closed and not 0 <= opens < closes <= 1440:  # type: ignore[operator]
        raise Invalid(_("The opening time must be before the closing time."), field="opens")
    SpecialDay.objects.filter(org_unit=branch, date=on).delete()
    row = SpecialDay(org_unit=branch, date=on, closed=closed, opens=opens, closes=closes, reason=reason)
    row.save(force_insert=True)
    data = {"date": on.isoformat(), "closed": closed, "opens": opens, "closes": closes}
    _note(scope, branch, "foundation.special_day_set", str(branch.pk), now, data)
    return row


@transaction.atomic
def person_add(
    *,
    scope: Scope,
    now: datetime,
    org_unit: OrgUnit,
    staff_no: str,
    name: str,
    password: str | None = None,
    **fields: Any,
) -> User:
    """Add a person; they can do nothing until a post is granted."""
    scope.require(PEOPLE, org_unit.path)
    if User.objects.filter(staff_no=staff_no).exists():
        raise Invalid(_("Staff number %(no)s is taken.") % {"no": staff_no}, field="staff_no")
    user = User.objects.create_user(staff_no, name, password, **fields)
    _note(scope, org_unit, "foundation.person_added", str(user.pk), now, {"user": str(user.pk)})
    return user


@transaction.atomic
def post_grant(
    *, scope: Scope, now: datetime, org_unit: OrgUnit, user: User, role: str, since: date, until: date | None = None
) -> Post:
    """Give a person a role at an org unit of the role's own level; a group is joined, not given. Raises `Invalid`."""
    scope.require(PEOPLE, org_unit.path)
    known = roles.ROLES.get(role) if role not in roles.MEMBERS else None
    if known is None or known.level != org_unit.kind:  # a branch has no administrator of its own
        raise Invalid(_("There is no role “%(role)s”.") % {"role": role}, field="role")
    if until is not None and until <= since:
        raise Invalid(_("A post must last at least one day. Correct its start instead."), field="until")
    if Post.objects.filter(org_unit=org_unit, user=user, role=role, since=since).exists():
        raise Invalid(_("This person holds this post from that day on already."), field="since")
    post = Post(org_unit=org_unit, user=user, role=role, since=since, until=until)
    post.save(force_insert=True)
    data = {"user": str(user.pk), "role": role, "since": since.isoformat(), "until": until and until.isoformat()}
    _note(scope, org_unit, "foundation.post_granted", str(user.pk), now, data)
    return post


@transaction.atomic
def person_join(
    *, scope: Scope, now: datetime, org_unit: OrgUnit, staff_no: str, name: str, password: str, role: str, since: date
) -> User:
    """A new person with their first post."""
    user = person_add(scope=scope, now=now, org_unit=org_unit, staff_no=staff_no, name=name, password=password)
    post_grant(scope=scope, now=now, org_unit=org_unit, user=user, role=role, since=since)
    return user


@transaction.atomic
def post_end(*, scope: Scope, now: datetime, post: Post, until: date) -> Post:
    """End a post; its rights end with that date."""
    scope.require(PEOPLE, post.org_path)
    post = Post.objects.select_for_update(of=("self",)).select_related("org_unit").get(pk=post.pk)
    if until <= post.since:
        raise Invalid(_("A post must last at least one day. Correct its start instead."), field="until")
    if post.until == until:  # a second press tells nothing new
        return post
    if post.until is not None and post.until < until:
        raise Invalid(_("This post has ended earlier already."), field="until")
    post.until = until
    post.save()
    data = {"user": str(post.user_id), "role": post.role, "until": until.isoformat()}
    _note(scope, post.org_unit, "foundation.post_ended", str(post.user_id), now, data)
    return post


@transaction.atomic
def device_enrol(
    *, scope: Scope, now: datetime, branch: OrgUnit, name: str, verbs: tuple[str, ...]
) -> tuple[DeviceKey, str]:
    """Enrol a kiosk, screen or vendor system; the token is returned once."""
    if unknown := sorted(verb for verb in verbs if not roles.declared(verb)):
        raise ValueError(f"No room declares {unknown}.")
    row, token = access.enrol_device(scope=scope, org_unit=branch, name=name, verbs=verbs)
    data = {"device": str(row.pk), "verbs": list(row.verbs)}
    _note(scope, branch, "foundation.device_enrolled", str(row.pk), now, data)
    return row, token


@transaction.atomic
def device_revoke(*, scope: Scope, now: datetime, device: DeviceKey) -> DeviceKey:
    """Refuse the device from now on."""
    scope.require("foundation.devices.edit", device.org_path)
    device = DeviceKey.objects.select_for_update(of=("self",)).select_related("org_unit").get(pk=device.pk)
    if device.revoked_at is not None:  # a second press tells nothing new
        return device
    device.revoked_at = now
    device.save()
    _note(scope, device.org_unit, "foundation.device_revoked", str(device.pk), now, {"device": str(device.pk)})
    return device


def _note_place(scope: Scope, branch: OrgUnit, what: str, code: str, kind: str, now: datetime) -> None:
    data = {"what": what, "code": code, "kind": kind}
    _note(scope, branch, "foundation.place_created", f"{what}:{code}", now, data)


def _note(scope: Scope, unit: OrgUnit, kind: str, subject: str, now: datetime, data: dict[str, Any]) -> None:
    journal.record(scope=scope, org_unit=unit, kind=kind, subject=subject, at=now, data=data)
