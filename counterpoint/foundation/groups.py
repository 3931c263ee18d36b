"""Groups: a place in the tree of its own for people of several branches, and who belongs to it.

A group stands under the unit that covers all its members, a member holds a post at the group itself. So what the group
keeps exists for its members and for who stands above, and for nobody else: membership gives no sight of any branch.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from counterpoint.foundation import journal, roles
from counterpoint.foundation.errors import Invalid
from counterpoint.foundation.models import OrgUnit, Post, User
from counterpoint.foundation.scope import Scope, check_write, scoped

EDIT = "foundation.groups.edit"


@dataclass(frozen=True)
class Member:
    """Somebody's membership; `until` is the first day on which it is over."""

    post: UUID
    user: UUID
    name: str
    role: str
    since: date
    until: date | None


@transaction.atomic
def group_create(*, scope: Scope, now: datetime, above: OrgUnit, code: str, name: str) -> OrgUnit:
    """A new group under a unit. Raises `Invalid` for a code in use."""
    scope.require(EDIT, above.path)
    if OrgUnit.objects.filter(code=code).exists():
        raise Invalid(_("The code “%(code)s” is taken.") % {"code": code}, field="code")
    group = OrgUnit(
        kind=OrgUnit.Kind.GROUP, code=code, name=name, parent=above, time_zone=above.time_zone,
        rule_pack=above.rule_pack,
    )  # fmt: skip
    group.stamp_path()
    check_write(group.path)
    group.save(force_insert=True)
    _note(scope, group, "foundation.org_unit_created", str(group.pk), now, {"code": code, "kind": group.kind})
    return group


@transaction.atomic
def group_join(
    *, scope: Scope, now: datetime, group: OrgUnit, user: UUID, role: str, until: date | None = None
) -> Post:
    """Make somebody a member from today on. They work at or under the unit that the group stands under."""
    scope.require(EDIT, group.path)
    if group.kind != OrgUnit.Kind.GROUP or role not in roles.MEMBERS:
        raise Invalid(_("There is no role “%(role)s”.") % {"role": role}, field="role")
    today = group.date_at(now)
    above = group.parent.path if group.parent else "/"
    works = Post.objects.filter(Q(until__isnull=True) | Q(until__gt=today), user=user, since__lte=today)
    if not works.filter(org_path__startswith=above).exclude(role__in=roles.MEMBERS).exists():
        raise Invalid(_("This person does not work here."), field="user")
    if works.filter(org_unit=group).exists():
        raise Invalid(_("This person belongs to the team already."), field="user")
    post = Post(org_unit=group, user=User.objects.get(pk=user), role=role, since=today, until=until)
    post.save(force_insert=True)
    data: dict[str, Any] = {"user": str(user), "role": role, "since": today.isoformat()}
    data["until"] = until.isoformat() if until else None
    _note(scope, group, "foundation.post_granted", str(user), now, data)
    return post


@transaction.atomic
def group_leave(*, scope: Scope, now: datetime, group: OrgUnit, user: UUID) -> None:
    """End a membership at once: from now on the group's rows do not exist for this person."""
    scope.require(EDIT, group.path)
    today = group.date_at(now)
    held = Post.objects.filter(Q(until__isnull=True) | Q(until__gt=today), org_unit=group, user=user)
    for post in held.select_for_update(of=("self",)):
        if post.since < today:
            post.until = today
            post.save()
        else:  # a post lasts at least a day; who was added by mistake today never was a member
            post.delete()
        data = {"user": str(user), "role": post.role, "until": today.isoformat()}
        _note(scope, group, "foundation.post_ended", str(user), now, data)


def members_of(*, scope: Scope, group: OrgUnit, on: date) -> list[Member]:
    """Present members, the lead first."""
    with scoped(scope):
        posts = Post.objects.filter(Q(until__isnull=True) | Q(until__gt=on), org_unit=group, since__lte=on)
        rows = list(posts.select_related("user").order_by("role", "user__name"))
    return [Member(p.pk, p.user_id, p.user.name, p.role, p.since, p.until) for p in rows]


def _note(scope: Scope, unit: OrgUnit, kind: str, subject: str, now: datetime, data: dict[str, Any]) -> None:
    journal.record(scope=scope, org_unit=unit, kind=kind, subject=subject, at=now, data=data)
