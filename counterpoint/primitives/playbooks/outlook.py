"""Will the plan be over in time? Step times measured in earlier plays and drills of the branch, handed to science."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from counterpoint.foundation.api import OrgUnit, Scope, scoped
from counterpoint.primitives.playbooks import rules
from counterpoint.primitives.playbooks.definition import AGAIN, Playbook, playbook
from counterpoint.primitives.playbooks.engine import book_of, pauses_of
from counterpoint.primitives.playbooks.models import Play, PlayStep
from counterpoint.primitives.playbooks.queries import the_play
from counterpoint.primitives.playbooks.values import settled_at

if TYPE_CHECKING:
    from counterpoint.science.response import Chance, Stage

LOOK_BACK = timedelta(days=3 * 365)
SEED = 20260101
LIVE_WORLDS, LIVE_RUNS = 100, 200  # a war room asks at every news


def chance_of_meeting(
    *, scope: Scope, org_unit: OrgUnit, playbook: str, now: datetime, seed: int = SEED
) -> Chance | None:
    """The chance that the plan in force would be over within its limit here; None for a plan without a limit."""
    return chances(scope=scope, org_unit=org_unit, books=[_in_force(playbook, org_unit, now)], now=now, seed=seed)[
        playbook
    ]


def chances(
    *, scope: Scope, org_unit: OrgUnit, books: Sequence[Playbook], now: datetime, seed: int = SEED
) -> dict[str, Chance | None]:
    """The same of several plans by key, with one look at the branch's plays."""
    from counterpoint.science.response import chance

    limited = [one.key for one in books if one.time_limit is not None]
    with scoped(scope):
        known = measured_times(org_unit, limited, now)
    found: dict[str, Chance | None] = {}
    for one in books:
        measured, answered = known.get(one.key, ({}, {}))
        found[one.key] = None if one.time_limit is None else chance(
            stages_of(one), limit=one.time_limit.minutes, measured=measured, answered=answered, seed=seed,
            until=one.time_limit.until,
        )  # fmt: skip
    return found


def chance_of_play(*, scope: Scope, play: UUID, now: datetime, seed: int = SEED) -> Chance | None:
    """The same of a play that is under way, knowing what has passed. None when it is over or has no limit."""
    from counterpoint.science.response import chance

    row = the_play(scope, play)
    with scoped(scope):
        book = book_of(row)
        if not row.running or row.limit_at is None or row.limit_met_at or book.time_limit is None:
            return None
        known = measured_times(row.org_unit, [row.playbook], now, without=row)
        measured, answered = known.get(row.playbook, ({}, {}))
        stages = under_way(row, book, now)
    limit = (row.limit_at - row.started_at).total_seconds() / 60
    return chance(
        stages, limit=limit, measured=measured, answered=answered, seed=seed, until=book.time_limit.until,
        worlds=LIVE_WORLDS, runs=LIVE_RUNS,
    )  # fmt: skip


def _in_force(key: str, org_unit: OrgUnit, now: datetime) -> Playbook:
    found: Playbook = playbook(key, org_unit.date_at(now), org_unit.rule_pack).value
    return found


Measured = tuple[dict[str, list[float]], dict[str, Counter[str]]]


def measured_times(
    org_unit: OrgUnit, keys: Sequence[str], now: datetime, without: Play | None = None
) -> dict[str, Measured]:
    """By plan: minutes of every step that was done in the last three years here, and how often each answer was given.
    Times of steps that were broken off are not known and left out."""
    rows = PlayStep.objects.filter(
        play__org_unit=org_unit, play__playbook__in=keys, play__started_at__gte=now - LOOK_BACK,
        play__started_at__lte=now, state=PlayStep.State.DONE,
    ).select_related("play")  # fmt: skip
    if without is not None:
        rows = rows.exclude(play=without)
    found: dict[str, Measured] = {}
    for row in rows.order_by("ready_at", "id"):
        at = settled_at(row)
        if at is None:
            continue
        measured, answered = found.setdefault(row.play.playbook, ({}, {}))
        measured.setdefault(row.slug, []).append(rules.took(pauses_of(row.play), row.ready_at, at))
        if row.answer:
            answered.setdefault(row.slug, Counter())[row.answer] += 1
    return found


def stages_of(book: Playbook) -> list[Stage]:
    """The plan as science sees it."""
    from counterpoint.science.response import Stage

    found, counted = [], 0.0
    for step in book.steps:
        within = step.within.minutes if step.within else None
        if step.within and step.within.of == "start":
            within, counted = max(1.0, step.within.minutes - counted), max(counted, step.within.minutes)
        opens = {answer: step.targets(answer) for answer in step.branch} or {"": book.follows[step.slug]}
        found.append(
            Stage(
                step.slug, opens, within=within, usual=step.usual_minutes,
                again=frozenset(answer for answer, target in step.branch.items() if target == AGAIN),
                again_minutes=step.again.minutes if step.again else 0.0,
            )
        )  # fmt: skip
    return found


def under_way(play: Play, book: Playbook, now: datetime) -> list[Stage]:
    """The plan with what is known by now: when each step began, how long it has lasted, how it ended."""
    newest: dict[str, PlayStep] = {}
    for row in PlayStep.objects.filter(play=play).order_by("round"):
        newest[row.slug] = row
    return [_known(stage, newest.get(stage.key), play, now) for stage in stages_of(book)]


def _known(stage: Stage, row: PlayStep | None, play: Play, now: datetime) -> Stage:
    if row is None:
        return stage
    pauses: Sequence[tuple[datetime, datetime]] = pauses_of(play) if play.drill else ()
    ready = rules.took(pauses, play.started_at, row.ready_at)
    at = settled_at(row)
    if at is not None and row.state != PlayStep.State.OPEN:
        return replace(stage, ready=ready, took=rules.took(pauses, row.ready_at, at), answer=row.answer)
    return replace(stage, ready=ready, so_far=rules.took(pauses, row.ready_at, now))
