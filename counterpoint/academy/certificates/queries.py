"""Reads of certificates, inside the caller's scope: what is held, what is missing, who of a branch holds which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from counterpoint.academy.catalogue.certificates import CERTIFICATES, lessons_of
from counterpoint.academy.catalogue.reading import Shelf, pinned, shelf
from counterpoint.academy.certificates import badges, evidence
from counterpoint.academy.certificates.evidence import Asked
from counterpoint.academy.models import Certificate
from counterpoint.academy.models.certificates import REVOKED, VALID
from counterpoint.academy.rules import awarding
from counterpoint.academy.rules.awarding import Evidence, Verdict
from counterpoint.academy.verbs import TEAM
from counterpoint.foundation.api import Colleague, NotFound, OrgUnit, Scope, colleagues, scoped
from counterpoint.primitives.content import Item, items


@dataclass(frozen=True)
class Judged:
    """A certificate and a person: the newest that is held, whether the next would renew it, from which day that is
    possible, and what of it is there."""

    item: Item
    newest: Certificate | None
    again: bool
    opens: date | None
    verdict: Verdict
    unproven: frozenset[str] = frozenset()

    @property
    def valid(self) -> bool:
        """Whether it is held now."""
        return self.newest is not None and self.newest.state == VALID


@dataclass(frozen=True)
class Row:
    """A colleague with the newest certificate of each kind."""

    person: Colleague
    cells: Mapping[str, Certificate] = field(default_factory=dict)


def certificates_at(unit: OrgUnit, on: date) -> dict[str, Item]:
    """Certificates in force at a unit, by key."""
    return dict(sorted(items(CERTIFICATES, on, unit.rule_pack, bank=unit.path).items()))


def held_by(scope: Scope, people: Collection[UUID]) -> dict[UUID, dict[str, Certificate]]:
    """The newest certificate of each kind by person."""
    found: dict[UUID, dict[str, Certificate]] = defaultdict(dict)
    with scoped(scope):
        rows = Certificate.objects.filter(user__in=people).select_related("org_unit").order_by("since", "awarded_at")
        for row in rows:
            found[row.user_id][row.key] = row
    return found


def own(scope: Scope, certificate: UUID) -> Certificate:
    """A certificate of the caller's own, or `NotFound`."""
    row = _found(scope, certificate)
    if row.user_id != scope.actor:
        raise NotFound(_("There is no such certificate of yours."))
    return row


def readable(scope: Scope, certificate: UUID) -> Certificate:
    """A certificate that the caller holds, or of a team that the caller may look at; `NotFound` otherwise."""
    row = _found(scope, certificate)
    if row.user_id != scope.actor and not scope.may(TEAM, row.org_path):
        raise NotFound(_("There is no such certificate here."))
    return row


def _found(scope: Scope, certificate: UUID) -> Certificate:
    with scoped(scope):
        row = Certificate.objects.select_related("org_unit", "user").filter(pk=certificate).first()
    if row is None:
        raise NotFound(_("There is no such certificate here."))
    return row


def judged(
    *, scope: Scope, unit: OrgUnit, user: UUID, item: Item, held: Shelf, newest: Certificate | None,
    confirmed: Collection[str] = (),
) -> Judged:  # fmt: skip
    """What a person has of a certificate on the shelf's day. `confirmed` are short names of what the asking second
    person confirms now."""
    body = item.value
    again = newest is not None and newest.state != REVOKED
    criteria = awarding.asked(body.criteria, body.recert, again=again)
    courses = {key: tuple(one.value.lessons) for key, one in held.courses.items()}
    wanted: dict[str, set[str]] = defaultdict(set)
    for one in criteria:
        keys = (*one.lessons, *courses.get(one.course, ()), *one.scenarios, *((one.exam,) if one.exam else ()))
        wanted[one.source] |= set(keys)
    found = [
        one for source, keys in wanted.items()
        for one in evidence.read(source, Asked(scope, unit, user, frozenset(keys), held.on, held))
    ]  # fmt: skip
    found += [Evidence(awarding.CONFIRMED, slug, held.on, str(scope.actor)) for slug in confirmed]
    verdict = awarding.judge(criteria, found, courses=courses, after=_after(newest))
    opens = newest.until - timedelta(days=body.remind_days[0]) if newest and newest.state == VALID else None
    return Judged(item, newest, again, opens, verdict, frozenset(wanted) - evidence.known())


def _after(newest: Certificate | None) -> date | None:
    """Evidence counts from the day after the last award; after a revocation from the day after that."""
    if newest is None:
        return None
    return newest.org_unit.date_at(newest.ended_at) if newest.state == REVOKED and newest.ended_at else newest.since


def mine(scope: Scope, unit: OrgUnit, now: datetime) -> list[Judged]:
    """Every certificate in force as the caller stands to it: held ones first, then those meant for the caller's
    posts."""
    if scope.actor is None:
        return []
    on = unit.date_at(now)
    held, newest = shelf(unit, on), held_by(scope, [scope.actor]).get(scope.actor, {})
    posts = {
        role for one in colleagues(scope=scope, org_unit=unit, on=on) if one.id == scope.actor for role in one.roles
    }
    wanted = [
        item for key, item in certificates_at(unit, on).items() if key in newest or posts & set(item.value.posts)
    ]  # fmt: skip
    found = [
        judged(scope=scope, unit=unit, user=scope.actor, item=item, held=held, newest=newest.get(item.key))
        for item in wanted
    ]
    return sorted(found, key=lambda one: (not one.valid, one.item.key))


def matrix(*, scope: Scope, unit: OrgUnit, now: datetime) -> tuple[dict[str, Item], list[Row]]:
    """Certificates in force at a branch, and its people with what they hold."""
    scope.require(TEAM, unit.path)
    on = unit.date_at(now)
    people = colleagues(scope=scope, org_unit=unit, on=on)
    held = held_by(scope, [one.id for one in people])
    return certificates_at(unit, on), [Row(one, held.get(one.id, {})) for one in people]


def item_of(row: Certificate) -> Item:
    """The certificate in the version that it was awarded in."""
    found = pinned(CERTIFICATES, row.key, row.version, row.org_unit)
    if found is None:
        raise NotFound(_("There is no such certificate here."))
    return found


def lessons_asked(item: Item, held: Shelf) -> tuple[str, ...]:
    """Every lesson that the certificate asks for."""
    return lessons_of(item.value, {key: tuple(one.value.lessons) for key, one in held.courses.items()})


def begins(row: Certificate) -> datetime:
    """The first instant on which it holds."""
    return midnight(row.org_unit, row.since)


def ends(row: Certificate) -> datetime:
    """The first instant on which it holds no more."""
    return midnight(row.org_unit, row.until + timedelta(days=1))


def midnight(unit: OrgUnit, day: date) -> datetime:
    """When a day begins at a unit."""
    return datetime.combine(day, time(), ZoneInfo(unit.time_zone))


def told_to_compare(row: Certificate) -> badges.Held:
    """What a shown badge is compared with."""
    return badges.Held(str(row.pk), row.issuer, begins(row), ends(row), row.state)
