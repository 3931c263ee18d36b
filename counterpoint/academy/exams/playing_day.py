"""The day of a sitting: drawn and made when the sitting begins, begun once, ended with it, and graded from its log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from counterpoint.academy.catalogue.blueprints import BlueprintBody, Simulator
from counterpoint.academy.drill import actions, log
from counterpoint.academy.exams import days
from counterpoint.academy.exams.forms import RECENT
from counterpoint.academy.models import DrillSession, Sitting
from counterpoint.academy.models.drill import EXAM, OVER, READY, VOID
from counterpoint.academy.rules.days import position, worth
from counterpoint.academy.rules.grading import Played
from counterpoint.academy.science import playing
from counterpoint.academy.verbs import SIT
from counterpoint.foundation.api import OrgUnit, Scope, User, scoped, system_scope
from counterpoint.primitives.content import Item

PINNED = ("nothing", "reference", "difficulty", "difficulty_error")


def drawn(exam: Item, unit: OrgUnit, user: User, seed: int, now: datetime) -> days.Day | None:
    """The day of a new sitting; None for an exam without one. Asks for what is not measured yet. Raises
    `Unmeasured`."""
    if exam.value.simulator is None:
        return None
    found = days.days_of(exam, unit, unit.date_at(now))
    if any(one.stat is None for one in found) or not found:
        days.ask(unit, now)
    with scoped(system_scope((SIT,), (unit.bank_path,), "day exposure")):
        rows = Sitting.objects.filter(blueprint=exam.key).values_list("day", flat=True)[:RECENT]
        played = Counter(str(row.get("game_hash", "")) for row in rows)
        hashes = [one.game_hash for one in found]
        own = DrillSession.objects.filter(owner=user, game_hash__in=hashes).values_list("game_hash", flat=True)
        return days.draw(found, seed, played, frozenset(own))


def made(scope: Scope, sitting: Sitting, day: days.Day, now: datetime) -> None:
    """Give a new sitting its day: pinned with its figures, as a session that waits to be begun. Inside a scope."""
    sitting.day = {
        "number": day.number, "scenario": day.part.scenario, "version": day.version, "game_hash": day.game_hash,
    }  # fmt: skip
    if day.stat is not None:
        sitting.day |= {name: getattr(day.stat, name) for name in PINNED}
    sitting.session = actions.drill_make(
        scope=scope, unit=sitting.org_unit, now=now, real=now, key=f"exam:{sitting.pk}", seed=day.number, game=day.game,
        scenario=day.part.scenario, version=day.version, purpose=EXAM, until=int(60 * day.game.closes),
        ends_at=sitting.deadline_at,
    )  # fmt: skip


def locked(sitting: Sitting) -> DrillSession | None:
    """The sitting's session, locked. Inside a scope and a transaction."""
    rows = DrillSession.objects.select_for_update(of=("self",)).select_related("org_unit", "owner")
    return rows.filter(pk=sitting.session_id).first() if sitting.session_id else None


def begun(sitting: Sitting, part: Simulator, scope: Scope, now: datetime) -> DrillSession | None:
    """Let the day of a locked sitting run, once; what already runs goes on. Inside a scope and a transaction."""
    row = locked(sitting)
    if row is not None and row.state == READY:
        actions.run_at(row, part.speed, actor=scope.actor, now=now, real=now, key="begun")
    return row


def moved(sitting: Sitting, minutes: int) -> None:
    """The end of a locked sitting's day moves with its deadline."""
    row = locked(sitting)
    if row is not None and row.ends_at is not None:
        row.ends_at += timedelta(minutes=minutes)
        row.save(update_fields=["ends_at", "org_path"])


def ended(sitting: Sitting, at: datetime) -> None:
    """End the day of a locked sitting at the instant of its own end."""
    row = locked(sitting)
    if row is not None:
        actions.end(row, scope=None, now=at, real=at)


def voided(sitting: Sitting) -> None:
    """Nothing of a day that is not over counts any more."""
    row = locked(sitting)
    if row is not None and row.state != OVER:
        row.state = VOID
        row.save(update_fields=["state", "org_path"])


def figures(sitting: Sitting) -> dict[str, Any]:
    """What a sitting's day came to, from its log alone; empty without a day. Inside a scope."""
    session = sitting.session
    if session is None:
        return {}
    lines = log.lines(session)
    return {
        **judged(sitting.day, log.game_of(session), log.orders_of(lines)), "lines": len(lines),
        "head": lines[-1].hash if lines else "", "begun": any(line.kind == "pace" for line in lines),
    }  # fmt: skip


def judged(day: dict[str, Any], game: playing.Game, orders: tuple[playing.Order, ...]) -> dict[str, float]:
    """The loss of a day's orders, and where it stands between the pinned losses of doing nothing and the reference.
    Pure."""
    loss = playing.play(game, orders, log=False).loss.total
    return {"loss": loss, "position": position(loss, day["nothing"], day["reference"])}


def counting(body: BlueprintBody, found: Mapping[str, Any]) -> Played | None:
    """A day's figures as grading takes them."""
    if body.simulator is None or "position" not in found:
        return None
    return Played(found["position"], body.simulator.standard, body.simulator.weight)


def points(body: BlueprintBody, found: Mapping[str, Any]) -> float:
    """A day's share of points."""
    part = body.simulator
    return worth(found["position"], part.standard, body.cut.theory) if part else 0.0
