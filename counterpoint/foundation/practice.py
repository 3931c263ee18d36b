"""Practice worlds: made from live branches, entered by their address, and never seen from outside.

A world reads its source once, in its maker's live scope, and is written in a scope of the practice tree; no scope ever
holds both. Nothing is ever taken back from a world into the bank.
"""

import base64
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import unquote
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.urls import reverse, set_script_prefix
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from counterpoint.foundation import access, clock, fact_types, journal, prefix, tick  # noqa: F401  (registers the kinds)
from counterpoint.foundation.errors import Invalid, NotFound
from counterpoint.foundation.ids import new_id
from counterpoint.foundation.models import (
    Counter,
    Device,
    OpeningHours,
    OrgUnit,
    Post,
    PracticeWorld,
    SpecialDay,
    User,
    Zone,
)
from counterpoint.foundation.scope import PRACTICE, Scope, scoped, unscoped
from counterpoint.foundation.scoped_models import ScopedModel, scoped_models

TREE = f"{PRACTICE}/"
MOST = 3  # branches of a world
SINCE = date(2000, 1, 1)  # posts of a world hold on whatever day it plays
RUN_AFTER = timedelta(seconds=5)  # of the world's time between two rounds of its works
STEP = timedelta(minutes=1)  # at most between two rounds, so that what is due happens in its order
FURTHEST = timedelta(hours=12)
MARK = "DRILL-演练-"
NAMED = re.compile(r"""filename="([^"]*)"|filename\*=utf-8''([^;]+)""", re.IGNORECASE)
STEMS = "甲乙丙丁戊己庚辛壬癸"
PUPPETS = {
    "teller": "柜员", "lobby_manager": "大堂经理", "wealth_manager": "理财经理", "corporate_manager": "对公客户经理",
    "supervisor": "运营主管", "branch_head": "网点负责人",
}  # fmt: skip

ROOMS = frozenset({"role", "team", "onsite", "service", "risk", "analytics", "primitives", "ui"})
PAGES = frozenset({"foundation:live", "foundation:switch-branch", "foundation:file", "foundation:job"})
# A calendar feed is the live person's own, and a page that works without a network would outlive the world.
OUTSIDE = frozenset({"team:feed", "team:feed-address", "primitives:plays-worker", "primitives:rounds-worker"})


@dataclass(frozen=True)
class Shape:
    """What a world is like: its title in the frame, what the trainee is at the first branch (and at the world's top,
    for whoever practises leading a region), which roles made-up colleagues hold at each branch, and its time."""

    title: str
    roles: tuple[str, ...]
    at: datetime
    top_roles: tuple[str, ...] = ()
    puppets: tuple[str, ...] = ()
    speed: float = 1.0


def served(view_name: str) -> bool:
    """Whether a page exists inside of worlds: those of the rooms do, accounts, set-up, open API and public ones not."""
    room = view_name.partition(":")[0]
    return (room in ROOMS and view_name not in OUTSIDE) or view_name in PAGES


@transaction.atomic
def world_make(
    *, scope: Scope, source: Sequence[OrgUnit], shape: Shape, now: datetime, real: datetime
) -> PracticeWorld:
    """A world for the caller, copied from one to three branches of the caller's own scope. `now` is the bank's time,
    `real` the host's. Raises `NotFound` for a branch outside the scope, `Invalid`."""
    if not all(scope.covers(unit.path) and unit.kind == OrgUnit.Kind.BRANCH for unit in source):
        raise NotFound(_("There is no such branch here."))
    trainee = User.objects.filter(pk=scope.actor, is_active=True, puppet=False).first() if scope.actor else None
    if trainee is None or not 1 <= len(set(source)) == len(source) <= MOST:
        raise Invalid(_("A practice world has one to three branches and somebody who practises."), field="source")
    with scoped(scope):
        plans = [_plan(unit) for unit in source]
    bank = _bank_of(source[0])
    with scoped(Scope(scope.actor, (TREE,), actor_label=scope.actor_label)) as inside:
        top = _top(shape.title, bank)
        first, *_others = [_branch(top, plan, shape, place) for place, plan in enumerate(plans)]
        posts = [Post(org_unit=first, user=trainee, role=role, since=SINCE) for role in shape.roles]
        posts += [Post(org_unit=top, user=trainee, role=role, since=SINCE) for role in shape.top_roles]
        Post.objects.bulk_create(posts)
        world = PracticeWorld(
            org_unit=top, made_for=trainee.pk, title=shape.title, base_real=real, base_world=shape.at,
            speed=shape.speed, ran_at=shape.at, begins_at=shape.at, made_at=now,
        )  # fmt: skip
        world.save(force_insert=True)
        data = {"world": top.code, "user": str(trainee.pk), "source": [unit.code for unit in source]}
        journal.record(
            scope=inside, org_unit=top, kind="foundation.practice_made", subject=str(world.pk), at=now, data=data
        )
    return world


@transaction.atomic
def world_join(*, scope: Scope, world: PracticeWorld, person: UUID, role: str, now: datetime) -> None:
    """A post at the world's first branch for somebody else who practises there; whoever has it keeps it. `scope` is one
    of the world itself."""
    with scoped(scope):
        branch = first_branch(world)
        if Post.objects.filter(org_unit=branch, user=person, role=role).exists():
            return
        trainee = User.objects.get(pk=person, is_active=True, puppet=False)
        Post(org_unit=branch, user=trainee, role=role, since=SINCE).save(force_insert=True)
        data = {"world": world.org_unit.code, "user": str(person)}
        journal.record(
            scope=scope, org_unit=world.org_unit, kind="foundation.practice_joined", subject=str(world.pk), at=now,
            data=data,
        )  # fmt: skip


@transaction.atomic
def world_retire(*, scope: Scope, world: PracticeWorld, now: datetime) -> None:
    """Nobody enters it from now on; a second press tells nothing new. `scope` is one of the world itself."""
    with scoped(scope):
        row = PracticeWorld.objects.select_for_update(of=("self",)).select_related("org_unit").get(pk=world.pk)
        if row.retired_at is not None:
            return
        row.retired_at = now
        row.save(update_fields=["retired_at", "org_path"])
        data = {"world": row.org_unit.code}
        journal.record(
            scope=scope, org_unit=row.org_unit, kind="foundation.practice_ended", subject=str(row.pk), at=now, data=data
        )


def going_on(*, person: UUID | None = None, pk: UUID | None = None) -> list[PracticeWorld]:
    """Worlds that are not over, oldest first: all, those of a person, or one of them."""
    with scoped(Scope(None, (TREE,), actor_label="practice")):
        rows = PracticeWorld.objects.select_related("org_unit").filter(retired_at=None)
        rows = rows if person is None else rows.filter(made_for=person)
        return list(rows if pk is None else rows.filter(pk=pk))


def first_branch(world: PracticeWorld) -> OrgUnit:
    """Where its learner has a post; inside a scope of the world."""
    found = OrgUnit.objects.filter(kind=OrgUnit.Kind.BRANCH, path__within=(world.org_path,)).order_by("id").first()
    if found is None:
        raise NotFound(_("There is no such practice world."))
    return found


def begins_at(unit: OrgUnit) -> datetime | None:
    """When the world of a practice branch began, in its own time: nothing is owed there from before. None for a branch
    of the bank. Inside a scope of the branch."""
    if not unit.path.startswith(TREE):
        return None
    return PracticeWorld.objects.filter(org_unit=unit.parent_id).values_list("begins_at", flat=True).first()


def scope_in(world: PracticeWorld, user: User, real: datetime) -> Scope:
    """What a person, or a made-up colleague, may do in a world. Raises `NotFound` for whoever has no post there."""
    found = access.practice_scope(user, world.org_unit.code, real)
    if found is None:
        raise NotFound(_("There is no such practice world."))
    return found[1]


def house(world: PracticeWorld) -> Scope:
    """The house's own scope in a world, for closing it."""
    return Scope(None, (world.org_path,), actor_label="practice")


def people_in(world: PracticeWorld, role: str) -> list[User]:
    """Who holds a role in a world, made-up colleagues first; inside a scope of the world."""
    posts = Post.objects.filter(role=role, org_path__within=(world.org_path,)).select_related("user")
    return [post.user for post in posts.order_by("-user__puppet", "user__staff_no")]


@contextmanager
def inside(world: PracticeWorld, moment: datetime) -> Iterator[None]:
    """For the block it is the world's time, and the house itself works in the world only."""
    with clock.at(moment), access.keeping((world.org_path,)):
        yield


def refuse(request: Any) -> HttpResponse:
    """For whoever has no way into the world: the real sign-in, or there is no such page."""
    if request.scope is not None:
        request.scope = None
        set_script_prefix("/")  # the links of that answer lead to the house
        raise Http404
    if request.headers.get("HX-Request") or "text/event-stream" in request.headers.get("Accept", ""):
        return HttpResponse(status=401)
    return redirect_to_login(request.get_full_path(), prefix.outside(reverse("foundation:sign-in")))


def marked(answer: HttpResponse) -> HttpResponse:
    """A file that leaves a world says so in its name."""
    named = NAMED.search(answer.headers.get("Content-Disposition", ""))
    if named:
        saved = answer.headers["Content-Disposition"].startswith("attachment")
        name = f"{MARK}{unquote(named.group(1) or named.group(2))}"
        answer.headers["Content-Disposition"] = content_disposition_header(saved, name) or ""
    return answer


def catch_up(world: PracticeWorld, real: datetime) -> None:
    """Let what fell due in the world happen; of two requests one does it."""
    moment = world.now(real)
    if moment - world.ran_at < RUN_AFTER:
        return
    with unscoped("a world's own works, claimed before they are done", practice=True):
        mine = PracticeWorld.objects.filter(pk=world.pk, ran_at=world.ran_at).update(ran_at=moment)
    if mine:
        world.ran_at = moment
        tick.run_for((world.org_path,), moment)


def skip(*, scope: Scope, world: PracticeWorld, by: timedelta, real: datetime) -> PracticeWorld:
    """Let the world's time jump ahead; what falls due between happens in its order. Raises `Invalid`."""
    if not timedelta(0) < by <= FURTHEST:
        raise Invalid(_("Time can be skipped by up to twelve hours."), field="by")
    until = world.now(real) + by
    with scoped(scope):
        row = PracticeWorld.objects.get(pk=world.pk)
    moment = world.now(real)
    while moment < until:
        moment = min(until, moment + STEP)
        tick.run_for((world.org_path,), moment)
    row.base_real, row.base_world, row.ran_at = real, until, until
    with scoped(scope):
        row.save(update_fields=["base_real", "base_world", "ran_at", "org_path"])
    return row


@transaction.atomic
def world_pace(
    *, scope: Scope, world: PracticeWorld, speed: float, at: datetime, real: datetime
) -> PracticeWorld:  # fmt: skip
    """Let the world's time be `at` now and run `speed` times as fast from here on; 0 stops it. It is never put back
    before what was done in it already. Raises `Invalid` for a speed below 0."""
    if speed < 0:
        raise Invalid(_("Time runs forward."), field="speed")
    with scoped(scope):
        row = PracticeWorld.objects.select_for_update(of=("self",)).select_related("org_unit").get(pk=world.pk)
        row.base_real, row.base_world, row.speed = real, max(at, row.ran_at), speed
        row.save(update_fields=["base_real", "base_world", "speed", "org_path"])
    return row


def astray() -> list[str]:
    """Tables that hold a row in one tree whose unit lies in the other; none, by construction."""
    found = []
    with unscoped("the whole house is looked at", practice=True):
        for model in scoped_models():
            if issubclass(model, ScopedModel):
                mixed = Q(org_path__live=True, org_unit__path__live=False)
                mixed |= Q(org_path__live=False, org_unit__path__live=True)
                found += [model._meta.db_table] if model.objects.filter(mixed).exists() else []
    return found


def _bank_of(unit: OrgUnit) -> OrgUnit:
    """Headquarters of a live branch: the world's rules are those of its bank."""
    with scoped(access.system_scope((), (unit.bank_path,), "practice")):
        return OrgUnit.objects.get(path=unit.bank_path)


@dataclass(frozen=True)
class _Plan:
    """What is copied of a branch."""

    unit: OrgUnit
    zones: list[Zone]
    counters: list[Counter]
    devices: list[Device]
    hours: list[OpeningHours]
    days: list[SpecialDay]


def _plan(unit: OrgUnit) -> _Plan:
    def of(model: Any, **more: Any) -> list[Any]:
        return list(model.objects.filter(org_unit=unit, **more))

    return _Plan(unit, of(Zone), of(Counter), of(Device, retired_at=None), of(OpeningHours), of(SpecialDay))


def _top(title: str, bank: OrgUnit) -> OrgUnit:
    root, _made = OrgUnit.objects.get_or_create(
        kind=OrgUnit.Kind.PRACTICE, defaults={"code": "practice", "name": "演练"}
    )
    code = "w" + base64.b32encode(new_id().bytes[-5:]).decode().lower()
    top = OrgUnit(
        kind=OrgUnit.Kind.REGION, code=code, name=title, parent=root, time_zone=bank.time_zone,
        rule_pack=bank.rule_pack, stands_for=bank,
    )  # fmt: skip
    top.save(force_insert=True)
    return top


def _branch(top: OrgUnit, plan: _Plan, shape: Shape, place: int) -> OrgUnit:
    live = plan.unit
    unit = OrgUnit(
        kind=OrgUnit.Kind.BRANCH, code=f"{top.code}-{live.code}"[:32], name=f"{live.name[:110]}（演练）", parent=top,
        time_zone=live.time_zone, rule_pack=live.rule_pack, address=live.address, stands_for=live,
    )  # fmt: skip
    unit.save(force_insert=True)
    zones: dict[int | None, Zone] = {}
    for zone in plan.zones:
        zones[zone.pk] = Zone(org_unit=unit, code=zone.code, name=zone.name, kind=zone.kind)
        zones[zone.pk].save(force_insert=True)
    Counter.objects.bulk_create(
        Counter(org_unit=unit, number=c.number, name=c.name, kind=c.kind, zone=zones.get(c.zone_id))
        for c in plan.counters
    )
    Device.objects.bulk_create(
        Device(org_unit=unit, code=d.code, name=d.name, kind=d.kind, zone=zones.get(d.zone_id), in_service=d.in_service)
        for d in plan.devices
    )
    OpeningHours.objects.bulk_create(
        OpeningHours(org_unit=unit, weekday=h.weekday, opens=h.opens, closes=h.closes) for h in plan.hours
    )
    SpecialDay.objects.bulk_create(
        SpecialDay(org_unit=unit, date=d.date, closed=d.closed, opens=d.opens, closes=d.closes, reason=d.reason)
        for d in plan.days
    )
    Post.objects.bulk_create(
        Post(org_unit=unit, user=person, role=role, since=SINCE) for role, person in _cast(shape.puppets, place)
    )
    return unit


def _cast(wanted: Sequence[str], place: int) -> list[tuple[str, User]]:
    """Made-up colleagues for the roles, others at each branch: one pool of sixty serves all worlds."""
    found, taken = [], dict.fromkeys(wanted, 0)
    for role in wanted:
        number = (place * max(1, wanted.count(role)) + taken[role]) % len(STEMS)
        taken[role] += 1
        number_of = f"~{role.replace('_', '-')}-{number + 1:02d}"
        person = User.objects.filter(staff_no=number_of, puppet=True).first()
        if person is None:
            person = User.objects.create_user(number_of, f"{PUPPETS[role]}{STEMS[number]}", None, puppet=True)
        found.append((role, person))
    return found
