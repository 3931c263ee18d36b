"""The address of a person's calendar feed."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from counterpoint.foundation.api import Forbidden, OrgUnit, Scope, User, journal, scoped


@transaction.atomic
def feed_issue(*, scope: Scope, now: datetime, branch: OrgUnit, revoke_only: bool = False) -> str:
    """A fresh, unguessable feed token for the caller; the old address stops working. Empty when only revoked."""
    scope.require("team.shift.own", branch.path)
    if scope.actor is None or not User.objects.filter(pk=scope.actor).exists():
        raise Forbidden(_("Only a person has a shift calendar."))
    token = "" if revoke_only else secrets.token_urlsafe(32)
    with scoped(scope):
        User.objects.filter(pk=scope.actor).update(feed_token=token)
        journal.record(
            scope=scope, org_unit=branch, kind="team.feed_issued", subject=str(scope.actor), at=now,
            data={"user": str(scope.actor)},
        )  # fmt: skip
    return token
