"""Rights that ask for a certificate: withheld from whoever holds the post without it, told weeks ahead.

Read once when a person's rights are gathered for a request: one query where a bank has switched a permission on for one
of the person's posts, none otherwise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from uuid import UUID

from django.utils.translation import gettext as _

from counterpoint.academy.catalogue.certificates import CERTIFICATES
from counterpoint.academy.catalogue.permissions import PERMISSIONS, PermissionBody
from counterpoint.academy.learning.queries import roles_at
from counterpoint.academy.models import Certificate
from counterpoint.academy.models.certificates import REVOKED
from counterpoint.academy.rules import permitting as rules
from counterpoint.academy.rules.permitting import Held, State
from counterpoint.academy.rules.words import tell
from counterpoint.academy.verbs import LEARN
from counterpoint.foundation.api import OrgUnit, Scope, User, Withheld, scoped, system_scope, withhold_by
from counterpoint.primitives.content import items

LINK = "academy:certificates"
Rows = Mapping[tuple[UUID, str], Sequence[Held]]


@dataclass(frozen=True)
class Need:
    """A permission that somebody's post asks a certificate for, and how the person stands to it."""

    body: PermissionBody
    name: str
    state: State


def asked_at(unit: OrgUnit, on: date) -> list[PermissionBody]:
    """Permissions that are switched on at a unit, also those that begin later; none whose certificate is not in force,
    which nobody could earn."""
    held = items(PERMISSIONS, on, unit.rule_pack, bank=unit.path)
    found = [item.value for _key, item in sorted(held.items()) if item.value.begins is not None]
    known = items(CERTIFICATES, on, unit.rule_pack, bank=unit.path) if found else {}
    return [body for body in found if body.certificate in known]


def name_of(key: str, unit: OrgUnit, on: date) -> str:
    """A certificate's name in the reader's language; its key where it is not in force."""
    item = items(CERTIFICATES, on, unit.rule_pack, bank=unit.path).get(key)
    return tell(item.value.names) if item else key


def _rows(banks: Collection[str], people: Collection[UUID], keys: Collection[str]) -> Rows:
    """Certificates of people in whole banks: one that was earned at another branch counts as well."""
    found: dict[tuple[UUID, str], list[Held]] = defaultdict(list)
    with scoped(system_scope((LEARN,), tuple(banks), "certificates that rights ask for")):
        held = Certificate.objects.filter(user__in=people, key__in=keys)
        for user, key, since, until, kind in held.values_list("user_id", "key", "since", "until", "state"):
            found[user, key].append(Held(since, until, kind == REVOKED))
    return found


def withheld(user: User, posts: Iterable[tuple[str, OrgUnit]], on: date | datetime) -> list[Withheld]:
    """What is withheld from a person, post by post (role, unit)."""
    asked = [
        (role, unit, day, body)
        for role, unit in posts
        for day in (unit.date_at(on) if isinstance(on, datetime) else on,)
        for body in asked_at(unit, day)
        if role in body.posts and body.begins is not None and body.begins <= day
    ]
    if not asked:
        return []
    banks = sorted({unit.bank_path for _role, unit, _day, _body in asked})
    rows = _rows(banks, [user.pk], sorted({body.certificate for *_, body in asked}))
    found = []
    for role, unit, day, body in asked:
        assert body.begins is not None
        stands = rules.state(body.begins, rows.get((user.pk, body.certificate), ()), day)
        if stands.withheld:
            why = partial(_why, body, stands, unit, day)
            found += [Withheld(verb, role, unit.path, why, LINK) for verb in body.verbs]
    return found


def _why(body: PermissionBody, stands: State, unit: OrgUnit, day: date) -> str:
    words = {"what": tell(body.names), "name": name_of(body.certificate, unit, day), "state": told(stands)}
    return _(
        "For %(what)s your post asks for the certificate “%(name)s”: %(state)s. What it takes stands under "
        "Academy, Certificates."
    ) % words  # fmt: skip


def told(stands: State, *, own: bool = True) -> str:
    """A state in words, to its person or of somebody else."""
    words = {"day": stands.day.isoformat() if stands.day else ""}
    said = {
        rules.HELD: _("held"), rules.ENDED: _("it ended on %(day)s"),
        rules.MISSING: _("you do not hold it yet") if own else _("not held yet"),
        rules.REVOKED: _("it was revoked"), rules.ENDS: _("it ends on %(day)s"),
        rules.COMING: _("asked for from %(day)s on"),
    }  # fmt: skip
    return said[stands.kind] % words


def needs(*, unit: OrgUnit, people: Mapping[UUID, Collection[str]], on: date) -> dict[UUID, list[Need]]:
    """By person (with the roles held at the unit) what asks for a certificate that is missing, ends or begins to be
    asked for within weeks; whoever has nothing to do is left out."""
    asked = asked_at(unit, on)
    if not asked:
        return {}
    rows = _rows([unit.bank_path], list(people), sorted({body.certificate for body in asked}))
    found: dict[UUID, list[Need]] = defaultdict(list)
    for user, roles in people.items():
        for body in asked:
            if body.begins is None or not set(roles) & set(body.posts):
                continue
            stands = rules.state(body.begins, rows.get((user, body.certificate), ()), on)
            if stands.kind != rules.HELD:
                found[user].append(Need(body, name_of(body.certificate, unit, on), stands))
    return dict(found)


def own(scope: Scope, unit: OrgUnit, on: date) -> list[tuple[str, str, str, bool]]:
    """Of the caller (what, certificate, how it stands, withheld), as `needs`; nothing where nothing is switched on."""
    if scope.actor is None or not asked_at(unit, on):
        return []
    people = {scope.actor: roles_at(scope, unit, on)}
    found = needs(unit=unit, people=people, on=on).get(scope.actor, [])
    return [(tell(one.body.names), one.name, told(one.state), one.state.withheld) for one in found]


withhold_by(withheld)
