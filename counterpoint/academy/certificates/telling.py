"""Who hears of a certificate: its holder, and with reminders the supervisor of the branch."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from counterpoint.academy.certificates import queries
from counterpoint.academy.models import Certificate
from counterpoint.academy.rules.words import tell
from counterpoint.foundation.api import User, nearest_holders, notify

Words = Callable[[str], tuple[str, str]]


def _send(row: Certificate, person: User, what: str, words: Words, link: str, now: datetime) -> None:
    with translation.override(person.language):
        title, body = words(tell(queries.item_of(row).value.names))
    notify.send(
        org_unit=row.org_unit, dedupe=f"certificate:{row.pk}:{what}:{person.pk}", title=title[:160], body=body, now=now,
        recipient=person, link=reverse(link),
    )  # fmt: skip


def tell_awarded(row: Certificate, now: datetime) -> None:
    """The holder hears of the award."""

    def words(name: str) -> tuple[str, str]:
        until = row.until.isoformat()
        return _("Awarded: %(name)s") % {"name": name}, _("It holds until %(day)s.") % {"day": until}

    _send(row, row.user, "awarded", words, "academy:certificates", now)


def tell_revoked(row: Certificate, now: datetime) -> None:
    """The holder hears of the revocation and its reason."""

    def words(name: str) -> tuple[str, str]:
        return _("Revoked: %(name)s") % {"name": name}, row.reason

    _send(row, row.user, "revoked", words, "academy:certificates", now)


def tell_reminded(row: Certificate, days: int, now: datetime) -> None:
    """Holder and supervisor hear that it ends; once each and reminder."""
    until = row.until.isoformat()

    def to_holder(name: str) -> tuple[str, str]:
        return (
            _("Ends on %(day)s: %(name)s") % {"day": until, "name": name},
            _("What renewing asks for stands on your page of certificates."),
        )

    def to_leader(name: str) -> tuple[str, str]:
        return (
            _("%(who)s: “%(name)s” ends on %(day)s") % {"who": row.user.name, "name": name, "day": until},
            _("From the day after, the roster no longer counts on it."),
        )

    _to_both(row, f"remind-{days}", to_holder, to_leader, now)


def tell_expired(row: Certificate, now: datetime) -> None:
    """Holder and supervisor hear that it has ended."""

    def to_holder(name: str) -> tuple[str, str]:
        return _("Has ended: %(name)s") % {"name": name}, _(
            "What renewing asks for stands on your page of certificates."
        )

    def to_leader(name: str) -> tuple[str, str]:
        return (
            _("%(who)s: “%(name)s” has ended") % {"who": row.user.name, "name": name},
            _("The roster no longer counts on it."),
        )

    _to_both(row, "expired", to_holder, to_leader, now)


def _to_both(row: Certificate, what: str, to_holder: Words, to_leader: Words, now: datetime) -> None:
    _send(row, row.user, what, to_holder, "academy:certificates", now)
    for person in nearest_holders(role="supervisor", org_unit=row.org_unit, on=now, skip={row.user_id}):
        _send(row, person, what, to_leader, "academy:certificate-team", now)
