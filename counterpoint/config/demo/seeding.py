"""From an empty database to 10:30 of a payday: bank, a year of history, rosters, and the morning."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

from django.db import transaction

from counterpoint.config.demo import (
    lived_assets,
    lived_certificates,
    lived_checks,
    lived_competence,
    lived_complaints,
    lived_content,
    lived_drills,
    lived_exams,
    lived_learning,
    lived_numbers,
    lived_plays,
    lived_risk,
    lived_shadow,
    lived_turns,
    rosters,
    story,
    year,
)
from counterpoint.config.demo.bank import Built, build, demo_scope
from counterpoint.config.demo.cast import BranchPlan, plans
from counterpoint.config.demo.player import play_of
from counterpoint.foundation.api import OrgUnit, scoped
from counterpoint.onsite import api as hall

Say = Callable[[str], object]


def _drills(cast: tuple[BranchPlan, ...], built: Built, since: date, until: datetime, *, seed: int) -> None:
    on = until.astimezone(UTC).date()
    lived_plays.live(cast[0], built, since, on, seed=seed)
    for plan in cast[1:]:
        lived_plays.live_other(plan, built, since, on, seed=seed)


# What the bank lived through beside its customers, each on top of the ones before.
LIVED: tuple[tuple[str, Callable[..., object]], ...] = (
    ("assets", lived_assets.live),
    ("checks", lived_checks.live),
    ("drills", _drills),
    ("complaints", lived_complaints.live),
    ("calls", lived_turns.live),
    ("numbers", lived_numbers.live),
    ("risks", lived_risk.live),
    ("rules", lived_content.live),
    ("learning", lived_learning.live),
    ("certificates", lived_certificates.live),
    ("exams", lived_exams.live),
    ("days", lived_drills.live),
    ("thinking along", lived_shadow.live),
    ("competence", lived_competence.live),
)


def empty() -> bool:
    """Whether nothing was seeded yet."""
    with scoped(demo_scope()):
        return not OrgUnit.objects.exists()


def seed(
    *,
    until: datetime,
    seed: int = story.SEED,
    count: int = 12,
    scale: float = 1.0,
    history: timedelta = story.HISTORY,
    say: Say = lambda words: None,
) -> Built:
    """Write the bank and play its first branch up to `until`; the others are caught up by the player."""
    cast = plans(count, scale=scale)
    on = until.astimezone(UTC).date()
    founded = on - history
    say("bank")
    built = build(cast, now=datetime(founded.year, founded.month, founded.day, tzinfo=UTC), since=founded)
    say("year")
    simulate(cast, built, founded, on, now=until.replace(hour=0, minute=0), seed=seed)
    say("rosters")
    week = rosters.monday(on)
    published = until - timedelta(days=on.weekday() + 10)
    with transaction.atomic():
        rosters.wish(cast[0], built, now=max(published, until - history))
        before = [week - timedelta(weeks=back) for back in range(story.ROSTERED_WEEKS, 1, -1)]
        before = [monday for monday in before if monday > founded]
        rosters.publish_weeks(cast[:1], built, before, now=published, turns=True)
        rosters.publish_weeks(cast, built, (week - timedelta(days=7), week), now=published)
        rosters.help_next_week(cast, built, on, published=published, now=until)
        rosters.ask_for_tomorrow(cast[0], built, on, now=until)
        rosters.ask_for_the_others(cast[1:], built, on, now=until)
    for name, live in LIVED:
        say(name)
        with transaction.atomic():
            live(cast, built, founded, until, seed=seed)
    say("morning")
    morning(cast[0], built.units[cast[0].code], until, seed=seed)
    return built


def simulate(cast: tuple[BranchPlan, ...], built: Built, since: date, until: date, *, now: datetime, seed: int) -> None:
    """Every branch's history, simulated one ahead while the one before is written."""
    with ThreadPoolExecutor(1) as ahead:
        coming = {plan.code: ahead.submit(year.history, plan, since, until, seed=seed) for plan in cast}
        for plan in cast:
            hall.history_import(
                scope=demo_scope(), branches=[built.units[plan.code]], log=coming.pop(plan.code).result(),
                label=year.LABEL, now=now, source="simulated",
            )  # fmt: skip


def morning(plan: BranchPlan, branch: OrgUnit, until: datetime, *, seed: int) -> int:
    """Play a branch from its opening to an instant through the public actions, in one transaction; who thinks along
    beside it is asked on the way."""
    play = play_of(plan, branch, until.astimezone(UTC).date(), seed=seed)
    with transaction.atomic():
        done = 0
        for at, user in lived_shadow.due(plan, branch, until):
            done += play.step(at, at)
            lived_shadow.choose(branch, user, at)
        return done + play.step(until, until)
