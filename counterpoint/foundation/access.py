"""From a person or a device to a `Scope`: the only place, besides the job runner, that builds one."""

import hashlib
import hmac
import secrets
from collections import defaultdict
from datetime import date, datetime

from django.db.models import Q

from counterpoint.foundation import roles
from counterpoint.foundation.models import DeviceKey, OrgUnit, Post, User
from counterpoint.foundation.scope import Scope, unscoped

PREFIX_LENGTH = 8


def scope_of(user: User, on: date) -> Scope:
    """Everything the person's posts of that date give them."""
    with unscoped("building the scope itself"):
        posts = list(Post.objects.filter(Q(until__isnull=True) | Q(until__gt=on), user=user, since__lte=on))
    grants: dict[str, list[str]] = defaultdict(list)
    for post in posts:
        for verb in roles.verbs_of(post.role):
            grants[verb].append(post.org_path)
    return Scope(
        actor=user.pk,
        roots=tuple(post.org_path for post in posts),
        grants={verb: tuple(sorted(set(paths))) for verb, paths in grants.items()},
        actor_label=user.name,
    )


def roles_of(user: User, on: date) -> frozenset[str]:
    """The role slugs that the person holds on that date."""
    with unscoped("own posts of the person who signs in"):
        posts = Post.objects.filter(Q(until__isnull=True) | Q(until__gt=on), user=user, since__lte=on)
        return frozenset(posts.values_list("role", flat=True))


def needs_second_factor(user: User, on: date) -> bool:
    """Supervisor and above."""
    return any(roles.ROLES[key].second_factor for key in roles_of(user, on))


def system_scope(verbs: tuple[str, ...], roots: tuple[str, ...] = ("/",), label: str = "system") -> Scope:
    """The scope of housekeeping and of the command line on the server itself."""
    return Scope(actor=None, roots=roots, grants=dict.fromkeys(verbs, roots), actor_label=label)


def enrol_device(*, scope: Scope, org_unit: OrgUnit, name: str, verbs: tuple[str, ...]) -> tuple[DeviceKey, str]:
    """Create a device key. Returns the row and the token, which is shown once and stored only as a digest."""
    scope.require("foundation.devices.edit", org_unit.path)
    token = secrets.token_urlsafe(32)
    row = DeviceKey(
        org_unit=org_unit, name=name, prefix=token[:PREFIX_LENGTH], digest=_digest(token), verbs=sorted(verbs)
    )
    row.save()
    return row, token


def device_scope(token: str, now: datetime) -> tuple[DeviceKey, Scope] | None:
    """The scope of a device token; None when unknown, revoked or expired."""
    with unscoped("a device token is looked up before its branch is known"):
        row = DeviceKey.objects.select_related("org_unit").filter(prefix=token[:PREFIX_LENGTH]).first()
        if row is None or not hmac.compare_digest(row.digest, _digest(token)):
            return None
        if row.revoked_at or (row.expires_at and row.expires_at <= now):
            return None
        path = row.org_unit.path
    return row, Scope(actor=row.pk, roots=(path,), grants=dict.fromkeys(row.verbs, (path,)), actor_label=row.name)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
