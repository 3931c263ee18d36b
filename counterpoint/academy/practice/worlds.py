"""The practice branch of an exercise: made from the learner's own branch, its stage set, its acts played.

What happens in it is done by the chapters' own verbs, as whoever acts, in the world's time. Nothing of it is seen in
the bank: a lesson keeps only the world's id.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from counterpoint.academy import acts
from counterpoint.academy.catalogue.lessons import Stage
from counterpoint.academy.probes import Look, read
from counterpoint.academy.rules.checking import Check
from counterpoint.academy.rules.words import tell
from counterpoint.foundation.api import (
    DomainError,
    Invalid,
    NotFound,
    OrgUnit,
    Scope,
    User,
    calendar,
    practice,
    scoped,
    tick,
)
from counterpoint.primitives.content import minute_of
from counterpoint.role import api as role

MOST = 5  # open worlds of a person
IDLE = timedelta(days=14)
AHEAD = 400  # days within which a marked day is looked for
CAST = (
    "teller",
    "teller",
    "teller",
    "teller",
    "wealth_manager",
    "corporate_manager",
    "lobby_manager",
    "supervisor",
    "branch_head",
)
ALONE = frozenset({"lobby_manager", "supervisor", "branch_head"})  # whoever practises such a post is the only one
ABOVE = frozenset({"regional_manager"})

World = Any  # a `PracticeWorld` of the foundation


class Set(Protocol):
    """What a practice branch is set up for: the post, the kind of day, the time, and what happened before. An exercise
    of a lesson is one."""

    @property
    def post(self) -> str: ...
    @property
    def day(self) -> str: ...
    @property
    def time(self) -> str: ...
    @property
    def stage(self) -> tuple[Stage, ...]: ...


@dataclass(frozen=True)
class Setting:
    """A `Set` of its own: the time as "HH:MM"."""

    post: str
    day: str
    time: str
    stage: tuple[Stage, ...] = ()


class TooManyWorlds(DomainError):
    """The person has as many practice branches open as are allowed."""

    code = "too_many_worlds"
    status = 409


def moment_of(branch: OrgUnit, exercise: Set, today: date) -> datetime:
    """When the exercise plays: its time on the first open day from today on that has the mark it asks for, or none on a
    usual day. Inside a scope of the branch."""
    day, before = today, datetime.combine(today, datetime.min.time(), ZoneInfo(branch.time_zone))
    while (day - today).days <= AHEAD:
        found = role.day_of(branch, day, before)
        marks = {mark.key for mark in found.marks}
        if found.spans and (not marks if exercise.day == "usual" else exercise.day in marks):
            return calendar.local(day, minute_of(exercise.time), ZoneInfo(branch.time_zone))
        day += timedelta(days=1)
    return calendar.local(today, minute_of(exercise.time), ZoneInfo(branch.time_zone))


def begin(
    *, scope: Scope, branch: OrgUnit, exercise: Set, title: str, now: datetime, real: datetime, speed: float = 1.0
) -> World:  # fmt: skip
    """A world at the exercise's day and time with the learner in its post, its stage set, its time running `speed`
    times as fast. Raises `TooManyWorlds`, `Invalid` for a unit that is no branch, `NotFound` for a branch out of
    reach."""
    if branch.kind != OrgUnit.Kind.BRANCH:
        raise Invalid(_("Choose the branch that you want to practise on."))
    with transaction.atomic():
        list(User.objects.select_for_update().filter(pk__in=[scope.actor]))  # two presses count one after the other
        if len(practice.going_on(person=scope.actor)) >= MOST:
            raise TooManyWorlds(
                _("You have %(most)d practice branches open. Finish or close one of them first.") % {"most": MOST}
            )
        with scoped(scope):
            at = moment_of(branch, exercise, branch.date_at(now))
        above = exercise.post in ABOVE
        cast = tuple(one for one in CAST if one not in ALONE or one != exercise.post)
        shape = practice.Shape(
            title=title[:120], roles=() if above else (exercise.post,), at=at, puppets=cast,
            top_roles=(exercise.post,) if above else (), speed=speed,
        )  # fmt: skip
        world = practice.world_make(scope=scope, source=[branch], shape=shape, now=now, real=real)
        for one in sorted(exercise.stage, key=lambda each: -each.minutes_before):
            play(world, one, at - timedelta(minutes=one.minutes_before), real)
    return world


def play(world: World, one: Stage, moment: datetime, real: datetime) -> None:
    """Let somebody act in the world at a moment of its time: the colleague of the post, or whom the world is for."""
    learner = User.objects.get(pk=world.made_for)
    own = practice.scope_in(world, learner, real)
    with practice.inside(world, moment), scoped(own):
        branch = practice.first_branch(world)
        people: dict[str, list[User]] = {}

        def holders(role_: str) -> list[User]:
            if role_ not in people:
                with scoped(own):
                    people[role_] = practice.people_in(world, role_)
            return people[role_]

        if one.post and not holders(one.post):
            raise NotFound(_("Nobody with this role practises here."))
        actor = holders(one.post)[0] if one.post else learner
        scope = practice.scope_in(world, actor, real)
        words = tell(one.words) if one.words else ""

        def wait(minutes: int) -> None:
            later = skip(world, timedelta(minutes=minutes), real)
            world.base_real, world.base_world, world.ran_at = later.base_real, later.base_world, later.ran_at

        doing = acts.Doing(scope, branch, moment, words, lambda name: [user.pk for user in holders(name)], wait)
        with scoped(scope):
            acts.perform(one.do, doing, one.args)


def found(world: World, checks: Sequence[Check], real: datetime, team: Iterable[UUID] = ()) -> list[Any]:
    """What the probes find in the world now, as the one it is for sees it; the team counts as that one."""
    scope = practice.scope_in(world, User.objects.get(pk=world.made_for), real)
    moment = world.now(real)
    with practice.inside(world, moment), scoped(scope):
        look = Look(scope, practice.first_branch(world), moment, frozenset(team))
        return [read(one.probe, look, one.args).get(one.field) for one in checks]


def held(world: UUID | None) -> World | None:
    """A world that is not over."""
    return next(iter(practice.going_on(pk=world)), None) if world else None


def second_of(world: World, second: int) -> datetime:
    """A second of the day that the world plays, counted from midnight, as an instant. Inside any scope."""
    zone = ZoneInfo(world.org_unit.time_zone)
    on = world.base_world.astimezone(zone).date()
    return calendar.local(on, second // 60, zone) + timedelta(seconds=second % 60)


def pace(world: World, second: int, speed: float, real: datetime) -> World:
    """Let its time be this second of its day, and run on at a speed; 0 stops it."""
    return practice.world_pace(
        scope=practice.house(world), world=world, speed=speed, at=second_of(world, second), real=real
    )


def admit(world: World, person: UUID, post: str, now: datetime) -> None:
    """Give somebody else a post in it."""
    practice.world_join(scope=practice.house(world), world=world, person=person, role=post, now=now)


def skip(world: World, by: timedelta, real: datetime) -> World:
    """Let its time jump ahead."""
    scope = practice.scope_in(world, User.objects.get(pk=world.made_for), real)
    return practice.skip(scope=scope, world=world, by=by, real=real)


def retire(world: UUID | None, now: datetime) -> None:
    """Close a world for good; nothing for one that is over."""
    one = held(world)
    if one is not None:
        practice.world_retire(scope=practice.house(one), world=one, now=now)


def retire_idle(now: datetime) -> int:
    """Close worlds that were made long ago. Returns how many."""
    old = [one for one in practice.going_on() if one.made_at <= now - IDLE]
    return tick.each(
        "practice branch not closed", old,
        lambda one: practice.world_retire(scope=practice.house(one), world=one, now=now),
    )  # fmt: skip
