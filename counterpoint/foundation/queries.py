"""Reads of the foundation, always inside the caller's scope."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from counterpoint.foundation import facts, journal, roles
from counterpoint.foundation.access import withheld_at
from counterpoint.foundation.calendar import local
from counterpoint.foundation.chain import Verdict
from counterpoint.foundation.errors import Invalid, NotFound
from counterpoint.foundation.models import (
    Counter,
    Device,
    DeviceKey,
    JobRun,
    JournalEntry,
    OrgUnit,
    Post,
    SpecialDay,
    User,
)
from counterpoint.foundation.prepared import Prepared
from counterpoint.foundation.scope import PRACTICE, Scope, lineage, scoped, unscoped

JOURNAL = "foundation.journal.view"
BRANCHES = Prepared(lambda: OrgUnit.objects.filter(kind=OrgUnit.Kind.BRANCH).order_by("path"))
BRANCH = Prepared(lambda code: OrgUnit.objects.filter(kind=OrgUnit.Kind.BRANCH, code=code))


@dataclass(frozen=True)
class Colleague:
    """A person as others at the branch see them."""

    id: UUID
    name: str
    staff_no: str
    roles: tuple[str, ...]
    branch_code: str


def person_acting(scope: Scope) -> User:
    """Who acts. Raises `Invalid` for a machine."""
    found = User.objects.filter(pk=scope.actor).first() if scope.actor else None
    if found is None:
        raise Invalid(_("Only a person can do this."))
    return found


def topmost(scope: Scope, verb: str) -> OrgUnit | None:
    """The first unit, from the top, at which the caller's post gives the verb."""
    with scoped(scope):
        return OrgUnit.objects.filter(path__in=scope.grants.get(verb, ())).order_by("path").first()


def place_of(scope: Scope, branch: OrgUnit | None, verb: str) -> OrgUnit:
    """Where a person does what is their own: the branch that they work at, else the unit of their post. `NotFound`
    without one."""
    if branch is not None and branch.path in scope.grants.get(verb, ()):
        return branch
    found = topmost(scope, verb)
    if found is None:
        raise NotFound(_("There is no place here where you work."))
    return found


def branches(*, scope: Scope) -> list[OrgUnit]:
    """Branches in the caller's scope, by path."""
    with scoped(scope):
        return BRANCHES.rows()


def unit_names(*, scope: Scope, units: Iterable[UUID]) -> dict[UUID, str]:
    """Names of units by id; a unit outside the scope has none."""
    with scoped(scope):
        return dict(OrgUnit.objects.filter(pk__in=set(units)).values_list("pk", "name"))


def branch(*, scope: Scope, code: str) -> OrgUnit:
    """One branch by code; `NotFound` when absent or outside the scope."""
    with scoped(scope):
        row = BRANCH.first(code)
    if row is None:
        raise NotFound(_("There is no branch “%(code)s” here.") % {"code": code})
    return row


def colleagues(*, scope: Scope, org_unit: OrgUnit, on: date, until: date | None = None) -> list[Colleague]:
    """People with a post at the unit on a date, or on any from `on` to before `until`, by name."""
    end = until or on + timedelta(days=1)
    with scoped(scope):
        posts = Post.objects.filter(Q(until__isnull=True) | Q(until__gt=on), org_unit=org_unit, since__lt=end)
        held: dict[UUID, list[Post]] = {}
        for post in posts.select_related("user", "org_unit").order_by("user__name", "role"):
            held.setdefault(post.user_id, []).append(post)
    return [
        Colleague(key, rows[0].user.name, rows[0].user.staff_no, tuple(p.role for p in rows), rows[0].org_unit.code)
        for key, rows in held.items()
    ]


def nearest_holders(
    *, role: str, org_unit: OrgUnit, on: date | datetime, skip: Collection[UUID] = frozenset(), verb: str = ""
) -> list[User]:
    """Who holds the role nearest to the unit: at the unit itself, else above it, up to headquarters; by staff number.
    People in `skip` are passed over, and with a `verb` those from whom it is withheld now, so the search goes on above
    when nobody else holds it there. Empty when nobody does. An instant is judged by the wall clock of the unit."""
    day = org_unit.date_at(on) if isinstance(on, datetime) else on
    inside = org_unit.path.startswith(PRACTICE)
    with unscoped("whom a case goes to may work above the branch that it belongs to", practice=inside):
        posts = Post.objects.filter(
            Q(until__isnull=True) | Q(until__gt=day), role=role, org_path__in=lineage(org_unit.path), since__lte=day,
            user__is_active=True,
        )  # fmt: skip
        found = list(posts.exclude(user__in=skip).select_related("user", "org_unit").order_by("user__staff_no"))
    for reach in sorted({len(post.org_path) for post in found}, reverse=True):
        near = [post for post in found if len(post.org_path) == reach]
        if verb:
            near = [post for post in near if not withheld_at(post.user, role, post.org_unit, verb, on)]
        if near:
            return [post.user for post in near]
    return []


def people_within(*, scope: Scope, path: str, on: date) -> list[Colleague]:
    """Everybody with a post at or under a path that the caller's scope covers, by branch and name."""
    with scoped(scope):
        posts = Post.objects.filter(Q(until__isnull=True) | Q(until__gt=on), org_path__startswith=path, since__lte=on)
        posts = posts.exclude(role__in=roles.MEMBERS).filter(user__is_active=True).select_related("user", "org_unit")
        held: dict[UUID, list[Post]] = {}
        for post in posts.order_by("org_path", "user__name"):
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
    """The branch's devices that are in use, by code."""
    with scoped(scope):
        return list(Device.objects.filter(org_unit=branch, retired_at=None).select_related("zone"))


def machine_keys(*, scope: Scope, verb: str, now: datetime) -> dict[UUID, set[UUID]]:
    """Keys of enrolled machines that hold a verb, by the unit that they stand at."""
    found: dict[UUID, set[UUID]] = {}
    with scoped(scope):
        rows = DeviceKey.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)
        for unit, key, verbs in rows.values_list("org_unit", "pk", "verbs"):
            if verb in verbs:
                found.setdefault(unit, set()).add(key)
    return found


def job(*, scope: Scope, job_id: UUID) -> JobRun:
    """A job in the caller's scope; `NotFound` otherwise."""
    with scoped(scope):
        row = JobRun.objects.filter(pk=job_id).first()
    if row is None:
        raise NotFound(_("There is no such job here."))
    return row


@dataclass(frozen=True)
class OwnPost:
    """A post of the signed-in person, in words."""

    role: str
    unit: str
    since: date
    until: date | None


def own_posts(*, user: User) -> list[OwnPost]:
    """Every post that the person holds or held."""
    with unscoped("own posts of the signed-in person"):
        rows = list(Post.objects.filter(user=user).select_related("org_unit").order_by("-since"))
    return [OwnPost(str(roles.ROLES[r.role].label), r.org_unit.name, r.since, r.until) for r in rows]


@dataclass(frozen=True)
class ToldEntry:
    """A journal entry in words: when, who, what, about what, with which numbers."""

    seq: int
    at: datetime
    label: str
    kind: str
    actor: str
    subject: str
    data: dict[str, object]
    hash: str


def journal_entries(
    *, scope: Scope, branch: OrgUnit | None, kind: str = "", subject: str = "", day: str = ""
) -> QuerySet[JournalEntry]:
    """Entries of the units whose journal the caller may read, newest first, narrowed by what the reader asked for."""
    closed = [fact.key for fact in facts.all_facts() if fact.dim and fact.dim not in scope.dims]
    with scoped(scope):
        rows = JournalEntry.objects.filter(org_path__within=scope.grants.get(JOURNAL, ())).order_by("-id")
        if closed:
            rows = rows.exclude(kind__in=closed)
        if branch is not None:
            rows = rows.filter(org_unit=branch)
        if kind:
            rows = rows.filter(kind=kind)
        if subject:
            rows = rows.filter(subject=subject)
        span = _span_of(day, ZoneInfo(branch.time_zone if branch else "UTC")) if day else None
        if span:
            rows = rows.filter(at__gte=span[0], at__lt=span[1])
        return rows


def _span_of(day: str, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    """A written day as instants; None when there is no such day."""
    try:
        parsed = parse_date(day)
        return (local(parsed, 0, zone), local(parsed, 1440, zone)) if parsed else None
    except (ValueError, OverflowError):
        return None


def told(rows: Iterable[JournalEntry]) -> list[ToldEntry]:
    """Entries with the words of their fact type and the names of their actors."""
    entries = list(rows)
    people = {str(e.actor) for e in entries if e.actor} | {e.data["user"] for e in entries if "user" in e.data}
    names = {str(pk): name for pk, name in User.objects.filter(pk__in=people).values_list("pk", "name")}
    return [_told(entry, names) for entry in entries]


def _told(entry: JournalEntry, names: dict[str, str]) -> ToldEntry:
    data = {key: names.get(value, value) if key == "user" else value for key, value in entry.data.items()}
    return ToldEntry(
        seq=entry.seq,
        at=entry.at,
        label=facts.label_of(entry.kind),
        kind=entry.kind,
        actor=names.get(str(entry.actor), ""),
        subject=entry.subject,
        data=data,
        hash=entry.hash,
    )


def chain_verdict(*, scope: Scope, unit: OrgUnit | None) -> Verdict | None:
    """Whether the unit's last thousand entries hold together; `counterpoint journal verify` checks all. None for no
    unit or one whose journal the caller may not read."""
    if not unit or not scope.may(JOURNAL, unit.path):
        return None
    with unscoped("a moved unit's chain goes on: its older entries stand at the old place, and none of them is shown"):
        return journal.verify_tail(unit, 1000)


def demo_people() -> list[dict[str, str]]:
    """Staff numbers and roles of the demo bank for the sign-in page; the caller checks that this is the demo."""
    with unscoped("the demo's sign-in page lists its made-up people"):
        seen: dict[str, dict[str, str]] = {}
        for post in Post.objects.select_related("user").order_by("org_unit__path", "user__staff_no"):
            seen.setdefault(
                post.role,
                {"staff_no": post.user.staff_no, "name": post.user.name, "role": str(roles.ROLES[post.role].label)},
            )
    return [seen[key] for key in roles.ROLES if key in seen and key not in roles.MEMBERS]


@dataclass(frozen=True)
class UnitSetup:
    """Everything set up at a unit, for its page."""

    special_days: list[SpecialDay]
    counters: list[Counter]
    devices: list[Device]
    keys: list[DeviceKey]
    posts: list[tuple[Post, str]]


def setup_of(*, scope: Scope, unit: OrgUnit, on: date) -> UnitSetup:
    """Places, devices, keys and posts of a unit in the caller's scope."""
    with scoped(scope):
        posts = Post.objects.filter(Q(until__isnull=True) | Q(until__gt=on), org_unit=unit)
        return UnitSetup(
            special_days=list(SpecialDay.objects.filter(org_unit=unit).order_by("-date")[:30]),
            counters=list(Counter.objects.filter(org_unit=unit)),
            devices=list(Device.objects.filter(org_unit=unit, retired_at=None)),
            keys=list(DeviceKey.objects.filter(org_unit=unit)),
            posts=[(post, str(roles.ROLES[post.role].label)) for post in posts.select_related("user")],
        )
