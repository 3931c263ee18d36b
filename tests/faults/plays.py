"""A play whose deadlines fall due while processes are killed between and inside ticks; what fired, from the journal."""

import os
import random
import signal
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import connection

from counterpoint.foundation import access, clock, journal, roles
from counterpoint.foundation.models import JournalEntry, Message
from counterpoint.foundation.scope import scoped, unscoped
from counterpoint.primitives import playbooks
from counterpoint.primitives.playbooks import engine, reach, ticking
from tests.faults import parts

PLAN = "risk.fire_evacuation"
MINUTES = 45
FIRED = ("primitives.play_told", "primitives.play_step_overran", "primitives.play_limit_passed")


def everything() -> Any:
    """The right to everything."""
    return access.system_scope(tuple(roles.table()))


def campaign(seed: int, sabotage: str) -> dict[str, Any]:
    """Each minute a fresh process ticks and most are killed at a random effect; then one that lives."""
    chance, begun, place = random.Random(seed), clock.now(), parts.the_branch()
    scope = everything()
    with scoped(scope):
        play = playbooks.play_start(scope=scope, org_unit=place, playbook=PLAN, now=begun).id
        playbooks.step_done(scope=scope, play=play, step="alarm", now=begun + timedelta(seconds=20))
    kills = 0
    for minute in range(MINUTES):
        at = begun + timedelta(minutes=minute)
        for point in (chance.choice((0, 0, 1, 2)), None):
            connection.close()
            child = parts.fork(partial(_tick, at, point, sabotage))
            _pid, status = os.waitpid(child, 0)
            kills += os.WIFSIGNALED(status)
    connection.close()
    return {"kills": kills, **_found(str(play), place)}


def _tick(at: Any, point: int | None, sabotage: str) -> None:
    """One tick of one process; it dies before writing its n-th effect down."""
    left, real = [point], engine.told

    def dying(*args: Any, **data: Any) -> None:
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        if left[0] is not None:
            left[0] -= 1
        real(*args, **data)

    ticking.told = dying
    if sabotage == "torn":
        from contextlib import nullcontext

        ticking.transaction = type("Torn", (), {"atomic": staticmethod(nullcontext)})
        engine.journal.connection = type("Always", (), {"in_atomic_block": True})
    if sabotage == "twice":
        reach.tell_overrun = lambda *_a, **_k: None
        ticking._overrun = _forgetful
    ticking.plays_tick(at)


def _forgetful(step: Any) -> Any:
    """An overrun that forgets that it fired."""

    def act(play: Any, _book: Any, now: Any) -> None:
        ticking.told(None, play, "play_step_overran", now, step=step.slug, round=step.round)

    return act


def _found(play: str, place: Any) -> dict[str, Any]:
    with unscoped("fault test"):
        rows = list(JournalEntry.objects.filter(subject=play, kind__in=FIRED).order_by("id"))
        names = [f"{row.kind}:{row.data.get('step', '')}:{row.data.get('order', '')}" for row in rows]
        due = {f"{s.slug}": s.due_at.isoformat() for s in playbooks_steps(play) if s.due_at}
        told = Message.objects.filter(link__contains=play).count()
        broken = "" if journal.verify(place).ok else "chain"
    over = [row.data["step"] for row in rows if row.kind == FIRED[1]]
    return {
        "fired": sorted(names), "doubled": len(names) - len(set(names)), "messages": told, "broken": broken,
        "in_order": [due[one] for one in over] == sorted(due[one] for one in over),
    }  # fmt: skip


def playbooks_steps(play: str) -> Any:
    """The rows of the steps."""
    from counterpoint.primitives.playbooks.models import PlayStep

    return PlayStep.objects.filter(play=play)
