"""Verbs after a day: have it judged, take a closed live day to be played, open a round of the league and play in it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import count, islice
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from counterpoint.academy.debrief import days, keeping, league_days
from counterpoint.academy.debrief.queries import may_see, own_session, round_of
from counterpoint.academy.drill.actions import drill_make
from counterpoint.academy.models import DrillDay, DrillSession, LeagueRound, LeagueRun
from counterpoint.academy.models.drill import OVER
from counterpoint.academy.science import replay, twin
from counterpoint.academy.verbs import DAY_TAKE, LEAGUE, LEAGUE_OPEN
from counterpoint.foundation.api import (
    DomainError,
    Invalid,
    JobRun,
    OrgUnit,
    Scope,
    enter,
    jobs,
    journal,
    person_acting,
    scoped,
)
from counterpoint.onsite import api as onsite

LEAST_SEEDS, MOST_SEEDS = 8, 20
LONGEST_ROUND = timedelta(days=92)
JUDGE, REFER = "academy.judge", "academy.reference"


class StillPlayed(DomainError):
    """A day is judged when it is over."""

    code = "drill_still_played"
    status = 409


class NotExact(DomainError):
    """The simulation does not reach every recorded time of the day, so that playing it would compare unlike things."""

    code = "day_not_exact"
    status = 409


class RoundShut(DomainError):
    """The round has not begun, is over, or the caller has played every seed."""

    code = "league_shut"
    status = 409


def debrief_ask(*, scope: Scope, session: UUID, now: datetime) -> JobRun | None:
    """Have a session judged that is over; None when it is judged with the long search already. Called at the end of a
    day, and by the page where that was missed. Raises `NotFound`, `StillPlayed`."""
    with scoped(scope):
        row = may_see(scope, session)
        if row.state != OVER:
            raise StillPlayed(_("This day is still being played. It is judged when it is over."))
        held = keeping.newest(row)
        if held is not None and held.formula == keeping.FULLY:
            return None
        return judge_queued(scope, row, now)


def judge_queued(scope: Scope, row: DrillSession, now: datetime) -> JobRun:
    """The job that judges a session, asked for once; again after it failed. Inside a scope."""
    return _queued(scope, row, JUDGE, now)


def reference_queued(scope: Scope, row: DrillSession, now: datetime) -> JobRun:
    """The job that searches long for the game of a session that waits for it. Inside a scope."""
    return _queued(scope, row, REFER, now)


def asked(row: DrillSession) -> str:
    """Whether work for a session's debrief is `running`, `failed`, or "" when nothing was asked for. Inside a scope."""
    found = JobRun.objects.filter(key__startswith=f"{REFER}:{row.pk}") | JobRun.objects.filter(
        key__startswith=f"{JUDGE}:{row.pk}"
    )
    states = [job.state for job in found.order_by("requested_at")]
    if any(state in (JobRun.State.QUEUED, JobRun.State.RUNNING) for state in states):
        return "running"
    return "failed" if states and states[-1] == JobRun.State.FAILED else ""


def _queued(scope: Scope, row: DrillSession, kind: str, now: datetime) -> JobRun:
    key = f"{kind}:{row.pk}"
    failed = JobRun.objects.filter(key__startswith=key, state=JobRun.State.FAILED).count()
    return jobs.enqueue(
        scope=scope, org_unit=row.org_unit, kind=kind, key=f"{key}:{failed}", payload={"session": str(row.pk)}, now=now
    )


@transaction.atomic
def day_take(*, scope: Scope, branch: OrgUnit, on: date, now: datetime, real: datetime) -> DrillSession:
    """Take a closed live day as a day to be played and begin a session of it; the day is kept once, without names or
    words. Raises `NoDay`, `NotExact`."""
    enter(scope, branch, DAY_TAKE)
    lent = onsite.recorded_day(scope=scope, branch=branch, on=on, now=now)
    record, model = days.anonymous(lent.recorded, lent.model)
    stored = days.Stored(record, model, lent.rates, lent.loss, lent.seed)
    try:
        exact = replay.replay(days.scenario_of(stored), seed=lent.seed).exact
        game = days.game_of(stored)
    except twin.ModelError as unlike:
        raise NotExact(_("The simulation cannot picture this day.")) from unlike
    if not exact:
        raise NotExact(
            _("The simulation does not reach every recorded time of this day, so it cannot be played fairly.")
        )
    payload = days.pack(stored)
    with scoped(scope):
        row, _new = DrillDay.objects.get_or_create(
            org_unit=branch, business_date=on, digest=days.digest(payload),
            defaults={"payload": payload, "taken_by": person_acting(scope), "at": now},
        )  # fmt: skip
        session = drill_make(
            scope=scope,
            unit=branch,
            now=now,
            real=real,
            key=f"day:{row.pk}:{now:%Y%m%d%H%M}",
            seed=0,
            game=game,
            day=row,
        )
        _record(scope, session, "day_taken", now, day=str(row.pk), date=on.isoformat(), digest=row.digest)
    return session


def seeds_of(seed: int, number: int) -> list[int]:
    """So many different seeds of days, drawn by the seed of a round."""

    def drawn() -> Iterator[int]:
        for place in count():
            yield 1 + int.from_bytes(hashlib.sha256(f"{seed} {place}".encode()).digest()[:4]) % 10**6

    return list(dict.fromkeys(islice(drawn(), 2 * number)))[:number]


@transaction.atomic
def league_open(
    *, scope: Scope, unit: OrgUnit, key: str, seeds: int, seed: int, opens_at: datetime, closes_at: datetime,
    now: datetime,
) -> LeagueRound:  # fmt: skip
    """Open a round for everybody below a unit: `seeds` days, drawn by `seed`. Raises `Invalid`."""
    enter(scope, unit, LEAGUE_OPEN)
    if key not in league_days.known(unit, unit.date_at(opens_at)):
        raise Invalid(_("There is no such day to be played."), field="key")
    if not LEAST_SEEDS <= seeds <= MOST_SEEDS:
        raise Invalid(
            _("A round has %(least)d to %(most)d days.") % {"least": LEAST_SEEDS, "most": MOST_SEEDS}, field="seeds"
        )
    if not opens_at < closes_at <= opens_at + LONGEST_ROUND or closes_at <= now:
        raise Invalid(_("A round must close after it opens, in the future, and within 92 days."), field="closes_at")
    with scoped(scope):
        row = LeagueRound(
            org_unit=unit, key=key, seeds=[], opens_at=opens_at, closes_at=closes_at,
            opened_by=person_acting(scope), at=now,
        )  # fmt: skip
        row.seeds = sorted(seeds_of(seed, seeds))
        row.save(force_insert=True)
        journal.record(
            scope=scope, org_unit=unit, kind="academy.league_opened", subject=str(row.pk), at=now,
            data={"round": str(row.pk), "key": key, "seeds": seeds, "closes": closes_at.isoformat()},
        )  # fmt: skip
    return row


def league_play(
    *, scope: Scope, unit: OrgUnit, round_id: UUID, now: datetime, real: datetime
) -> DrillSession:  # fmt: skip
    """The caller's day of a round that is still being played, else the next one, begun now; each seed once. Raises
    `NotFound`, `RoundShut`."""
    enter(scope, unit, LEAGUE)
    row = round_of(unit, round_id)
    if not row.opens_at <= now < row.closes_at:
        raise RoundShut(_("This round is not open now."))
    try:
        with scoped(scope), transaction.atomic():
            mine = list(LeagueRun.objects.select_related("session").filter(round=row.pk, user=scope.actor))
            running = next((run.session for run in mine if run.session.state != OVER), None)
            if running is not None:
                return running
            left = [seed for seed in row.seeds if seed not in {run.seed for run in mine}]
            if not left:
                raise RoundShut(_("You have played every day of this round."))
            game, version = league_days.day_of(row, left[0])
            session = drill_make(
                scope=scope, unit=unit, now=now, real=real, key=f"league:{row.pk}:{left[0]}", seed=left[0], game=game,
                scenario=row.key, version=version, purpose="league",
            )  # fmt: skip
            LeagueRun(org_unit=unit, round=row.pk, session=session, user=session.owner, seed=left[0]).save()
            _record(scope, session, "league_joined", now, round=str(row.pk), seed=left[0])
    except IntegrityError:  # the same press came twice at once
        return own_session(scope, round_id=round_id)
    return session


def _record(scope: Scope, row: DrillSession, kind: str, now: datetime, **data: Any) -> None:
    journal.record(
        scope=scope, org_unit=row.org_unit, kind=f"academy.{kind}", subject=str(row.pk), at=now,
        data={"session": str(row.pk), **data},
    )  # fmt: skip
