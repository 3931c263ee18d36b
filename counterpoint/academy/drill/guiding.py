"""What a trainer does to a running drill by hand; never in an examination or a league."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from counterpoint.academy.drill import given, log, timing
from counterpoint.academy.drill.actions import drill_finish
from counterpoint.academy.drill.queries import session_of
from counterpoint.academy.models import DrillEvent, DrillSession
from counterpoint.academy.models.drill import EXAM, OVER, STRICT, VOID
from counterpoint.academy.science import playing
from counterpoint.academy.verbs import GUIDE
from counterpoint.foundation.api import Forbidden, Invalid, Scope, journal, scoped

KINDS = (given.CROWD, given.DOWN, given.UP)
MOST, LONGEST, LETTERS = 60, 60, 200  # customers of a crowd, minutes within which it comes, of a message


@transaction.atomic
def drill_inject(
    *, scope: Scope, session: UUID, act: str, now: datetime, real: datetime, key: str, service: str = "",
    count: int = 0, minutes: int = 10, device: str = "",
) -> DrillEvent:  # fmt: skip
    """Let a crowd of `count` come within `minutes`, or a machine fail or work again, from now on."""
    with scoped(scope):
        row = session_of(scope, session, GUIDE, lock=True)
        game = _guided(row)
        if act not in KINDS:
            raise Invalid(_("There is no such event."), field="act")
        inputs: dict[str, object] = {"device": device}
        if act == given.CROWD:
            if service not in game.model.service_codes:
                raise Invalid(_("There is no such service."), field="service")
            if not (1 <= count <= MOST and 1 <= minutes <= LONGEST):
                raise Invalid(_("A crowd is 1 to %(most)d people within 1 to 60 minutes.") % {"most": MOST})
            inputs = {"service": service, "count": count, "minutes": minutes}
        elif device not in [one.code for one in game.model.devices]:
            raise Invalid(_("There is no such machine."), field="device")
        return _append(scope, row, game, given.INJECT, act, inputs, now, real, key)


@transaction.atomic
def drill_message(
    *, scope: Scope, session: UUID, text: str, now: datetime, real: datetime, key: str
) -> DrillEvent:  # fmt: skip
    """Say something to who plays."""
    with scoped(scope):
        row = session_of(scope, session, GUIDE, lock=True)
        game = _guided(row)
        text = text.replace("\0", "").strip()
        if not text:
            raise Invalid(_("Write what you want to say."), field="text")
        return _append(scope, row, game, "message", "", {"text": text[:LETTERS]}, now, real, key)


def drill_stop(*, scope: Scope, session: UUID, now: datetime, real: datetime) -> DrillSession:
    """End a drill for who plays it; the day of an examination ends with its sitting."""
    with scoped(scope):
        if session_of(scope, session, GUIDE).purpose == EXAM:
            raise Forbidden(_("The day of an examination ends with its sitting."))
    return drill_finish(scope=scope, session=session, now=now, real=real, verb=GUIDE)


def _guided(row: DrillSession) -> playing.Game:
    if row.state in (OVER, VOID):
        raise log.DrillOver(_("This day is over."))
    if row.purpose in STRICT:
        raise Forbidden(_("Nobody helps in an examination or a league."))
    return log.game_of(row)


def _append(
    scope: Scope, row: DrillSession, game: playing.Game, kind: str, act: str, inputs: dict[str, object],
    now: datetime, real: datetime, key: str,
) -> DrillEvent:  # fmt: skip
    at = timing.second(row, game, real)
    line, new = log.append(row, kind, at, act=act, inputs=inputs, actor=scope.actor, key=key, at=now)
    if new:
        journal.record(
            scope=scope, org_unit=row.org_unit, kind="academy.drill_guided", subject=str(row.pk), at=now,
            data={"user": str(row.owner_id), "game": row.game_hash, "act": act or kind},
        )  # fmt: skip
    return line
