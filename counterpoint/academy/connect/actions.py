"""Verbs of connections: make one, switch it, come from a learning system, say whose account that is."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from counterpoint.academy.connect import lti
from counterpoint.academy.models import Connection, LtiLaunch, LtiLink
from counterpoint.academy.models.connect import PLATFORM, STORE
from counterpoint.academy.verbs import CONNECT, LEARN
from counterpoint.foundation.api import (
    Invalid,
    NotFound,
    OrgUnit,
    Scope,
    User,
    enter,
    fetch,
    journal,
    keys,
    scoped,
)

PLACES = ("login", "keys", "token")
PEOPLE = ("opaque", "staff")


@transaction.atomic
def store_connect(
    *, scope: Scope, unit: OrgUnit, name: str, url: str, user: str, password: str, people: str, choices: bool,
    home: str, now: datetime,
) -> Connection:  # fmt: skip
    """Tell a record store, from now on, what people of the unit and below learn. Raises `Invalid`, `Unreachable`."""
    if not (user.strip() and password):
        raise Invalid(_("A record store asks for a name and a password."), field="user")
    settings = {
        "url": fetch.checked(url.strip()),
        "people": people if people in PEOPLE else PEOPLE[0],
        "choices": choices,
    }
    sealed = json.dumps({"user": user.strip(), "password": password})
    return _connected(scope, unit, STORE, name, settings, sealed, home, now)


@transaction.atomic
def platform_connect(
    *, scope: Scope, unit: OrgUnit, name: str, settings: dict[str, str], home: str, now: datetime
) -> Connection:
    """Let people come from a learning system. Raises `Invalid`, `Unreachable` for an address that may not be asked."""
    told = {key: settings.get(key, "").strip()[:500] for key in lti.Platform.__dataclass_fields__}
    if not all(told.values()):
        raise Invalid(_("Everything that the learning system says of itself is needed."), field="issuer")
    for place in PLACES:
        fetch.checked(told[place])
    return _connected(scope, unit, PLATFORM, name, told, json.dumps({"private": lti.new_key()}), home, now)


def _connected(
    scope: Scope, unit: OrgUnit, kind: str, name: str, settings: dict[str, Any], secret: str, home: str, now: datetime
) -> Connection:
    enter(scope, unit, CONNECT)
    if not name.strip():
        raise Invalid(_("Give it a name."), field="name")
    with scoped(scope):
        if Connection.objects.filter(org_unit=unit, name=name.strip()[:80]).exists():
            raise Invalid(_("Another connection has this name."), field="name")
        newest = journal.JournalEntry.objects.order_by("-id").values_list("id", flat=True).first() or 0
        row = Connection(
            org_unit=unit, kind=kind, name=name.strip()[:80], home=home.rstrip("/"), settings=settings,
            sealed=keys.encrypt(secret), reached=newest, made_at=now,
        )  # fmt: skip
        row.save(force_insert=True)
        data = {"what": kind, "name": row.name}
        journal.record(scope=scope, org_unit=unit, kind="academy.connected", subject=str(row.pk), at=now, data=data)
    return row


@transaction.atomic
def connection_switch(*, scope: Scope, connection: UUID, active: bool, now: datetime) -> Connection:
    """Stop it, or let it go on; a store is then told what happened meanwhile, at once."""
    with scoped(scope):
        row = (
            Connection.objects.select_for_update(of=("self",)).select_related("org_unit").filter(pk=connection).first()
        )
        if row is None:
            raise NotFound(_("There is no such connection here."))
        scope.require(CONNECT, row.org_path)
        if row.active != active:
            row.active, row.next_at, row.tries, row.error = active, None, 0, ""
            row.save()
            data = {"name": row.name, "active": active}
            journal.record(
                scope=scope, org_unit=row.org_unit, kind="academy.connection_changed", subject=str(row.pk), at=now,
                data=data,
            )  # fmt: skip
    return row


@transaction.atomic
def launch_keep(*, scope: Scope, connection: Connection, told: lti.Launch, now: datetime) -> LtiLaunch:
    """Keep a launch whose message holds; the same message a second time is refused. Raises `Refused`."""
    with scoped(scope):
        row = LtiLaunch(
            org_unit_id=connection.org_unit_id, connection=connection, nonce=told.nonce, account=told.account[:255],
            told_name=told.name, lesson=told.lesson, line_item=told.line_item[:500], at=now,
        )  # fmt: skip
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as again:
            raise lti.Refused(_("This launch was used already. Start again from the learning system.")) from again
    return row


@transaction.atomic
def launch_claim(*, scope: Scope, house: Scope, launch: UUID, confirmed: bool, now: datetime) -> LtiLaunch | None:
    """The launch as the signed-in person's own, once they have said that the account over there is theirs; None while
    that is to be asked. `house` reads the connection, which stands above the person. Raises `NotFound`, `Refused`."""
    with scoped(house):
        row = (
            LtiLaunch.objects.select_for_update(of=("self",)).select_related("connection", "org_unit")
            .filter(pk=launch, at__gte=now - lti.MOST, connection__active=True).first()
        )  # fmt: skip
        if row is None:
            raise NotFound(_("This launch is over. Start again from the learning system."))
        user = User.objects.filter(pk=scope.actor).first() if scope.actor and scope.may(LEARN) else None
        link = LtiLink.objects.filter(connection=row.connection, account=row.account).first()
        if user is None or (link is not None and link.user_id != user.pk) or row.user_id not in (None, user.pk):
            raise lti.Refused(_("This account of the learning system belongs to somebody else here."))
        if link is None:
            if not confirmed:
                return None
            LtiLink(
                org_unit=row.org_unit, connection=row.connection, account=row.account, user=user, at=now
            ).save(force_insert=True)  # fmt: skip
            data = {"user": str(user.pk), "name": row.connection.name}
            journal.record(
                scope=scope, org_unit=row.org_unit, kind="academy.account_linked", subject=str(row.connection_id),
                at=now, data=data,
            )  # fmt: skip
        row.user = user
        row.save()
    return row
