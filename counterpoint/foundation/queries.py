"""Reads of the foundation, always inside the caller's scope."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from counterpoint.foundation.errors import NotFound
from counterpoint.foundation.models import Counter, Device, JobRun, OrgUnit, Post
from counterpoint.foundation.scope import Scope, scoped


@dataclass(frozen=True)
class Colleague:
    """A person as others at the branch see them."""

    id: UUID
    name: str
    staff_no: str
    roles: tuple[str, ...]
    branch_code: str


def branches(*, scope: Scope) -> list[OrgUnit]:
    """Branches in the caller's scope, by path."""
    with scoped(scope):
        return list(OrgUnit.objects.filter(kind=OrgUnit.Kind.BRANCH).order_by("path"))


def branch(*, scope: Scope, code: str) -> OrgUnit:
    """One branch by code; `NotFound` when absent or outside the scope."""
    with scoped(scope):
        row = OrgUnit.objects.filter(kind=OrgUnit.Kind.BRANCH, code=code).first()
    if row is None:
        raise NotFound(f"There is no branch “{code}” here.")
    return row


def colleagues(*, scope: Scope, org_unit: OrgUnit, on: date) -> list[Colleague]:
    """People with a post at the unit on a date, by name."""
    with scoped(scope):
        posts = Post.objects.filter(Q(until__isnull=True) | Q(until__gt=on), org_unit=org_unit, since__lte=on)
        held: dict[UUID, list[Post]] = {}
        for post in posts.select_related("user", "org_unit").order_by("user__name", "role"):
            held.setdefault(post.user_id, []).append(post)
    return [
        Colleague(key, rows[0].user.name, rows[0].user.staff_no, tuple(p.role for p in rows), rows[0].org_unit.code)
        for key, rows in held.items()
    ]


def counters(*, scope: Scope, branch: OrgUnit) -> list[Counter]:
    """The branch's counters by number."""
    with scoped(scope):
        return list(Counter.objects.filter(org_unit=branch))


def devices(*, scope: Scope, branch: OrgUnit) -> list[Device]:
    """The branch's devices by code."""
    with scoped(scope):
        return list(Device.objects.filter(org_unit=branch).select_related("zone"))


def job(*, scope: Scope, job_id: UUID) -> JobRun:
    """A job in the caller's scope; `NotFound` otherwise."""
    with scoped(scope):
        row = JobRun.objects.filter(pk=job_id).first()
    if row is None:
        raise NotFound("There is no such job here.")
    return row
