"""Certificates from outside without an account: the page behind the code, keys, the status list, a badge verified in
full.

What floods: looks are counted per address and hour. Nothing personal is told unless the holder switched it on, and then
initials only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import transaction
from django.urls import reverse

from counterpoint.academy.certificates import badges, jws, queries
from counterpoint.academy.models import Certificate
from counterpoint.academy.models.certificates import EXPIRED, REVOKED, VALID
from counterpoint.foundation.api import NotFound, OrgUnit, keys, ratelimit, unscoped

CODE = re.compile(r"^[2-9a-z]{16}$")
LOOKS, WINDOW = 60, timedelta(hours=1)
YEARS = range(2000, 2200)


@dataclass(frozen=True)
class Seen:
    """What a stranger sees of a certificate. `initials` is empty unless the holder switched it on."""

    names: Mapping[str, str]
    about: Mapping[str, str]
    house: str
    state: str
    since: date
    until: date
    ended: date | None
    initials: str


def house_of(unit: OrgUnit) -> str:
    """The name of the bank that a unit belongs to."""
    with unscoped("a badge and its page name the bank"):
        found = OrgUnit.objects.filter(path=unit.bank_path).first()
    return found.name if found else unit.name


def count_look(address: str, now: datetime) -> None:
    """One look more from an address; committed at once. Raises `ratelimit.TooMany`. The address itself is not kept."""
    with transaction.atomic():
        ratelimit.take(key=f"certificate:{ratelimit.mark_of(address)}", limit=LOOKS, window=WINDOW, now=now)


def seen(*, code: str, now: datetime) -> Seen:
    """A certificate by its code; `NotFound` for an unknown one."""
    row = _by(public_code=code) if CODE.match(code) else None
    if row is None:
        raise NotFound("There is no such certificate.")
    with unscoped("whoever holds the unguessable code reads what the certificate is called"):
        body = queries.item_of(row).value
    on = row.org_unit.date_at(now)
    state = EXPIRED if row.state == VALID and on > row.until else row.state
    ended = row.org_unit.date_at(row.ended_at) if row.state == REVOKED and row.ended_at else None
    return Seen(
        body.names, body.about, house_of(row.org_unit), state, row.since, row.until, ended,
        initials(row.user.name) if row.show_name else "",
    )  # fmt: skip


def initials(name: str) -> str:
    """What the page tells of a name: the family name with stars for the rest, or the first letters of Latin words."""
    words = name.split()
    if name.isascii() and words:
        return " ".join(f"{word[0].upper()}." for word in words)
    return name[:1] + "*" * (len(name.strip()) - 1)


def _by(**what: object) -> Certificate | None:
    with unscoped("a stranger checks a certificate by its unguessable code or number"):
        return Certificate.objects.select_related("org_unit", "user").filter(**what).first()


def publics() -> dict[str, Ed25519PublicKey]:
    """Every key under which badges are good, by thumbprint."""
    return {jws.thumbprint(one): one for one in keys.badge_publics()}


def verified(*, token: str, code: str, now: datetime) -> list[tuple[str, str]]:
    """Verify a shown badge in full: (step, what is wrong) as `badges.examine`. With `code` it must be the badge of that
    very certificate."""
    number = badges.number_in(token)
    try:
        row = _by(pk=UUID(number))
    except ValueError:
        row = None
    if row is not None and code and row.public_code != code:
        row = None
    return badges.examine(token, queries.told_to_compare(row) if row else None, publics(), now)


def status_list(*, number: int, origin: str, now: datetime) -> str:
    """The signed status list of a year."""
    if number not in YEARS:
        raise NotFound("There is no such list.")
    with unscoped("the list tells which numbers are revoked, and nothing else"):
        revoked = list(
            Certificate.objects.filter(status_list=number, state=REVOKED).values_list("status_index", flat=True)
        )
    address = origin + reverse("certificate:status", args=[number])
    return badges.status_list(address, origin, revoked, keys.badge_key(), now)
