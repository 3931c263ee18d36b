"""What a trainer does to a running drill by hand; never in an examination or a league."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from counterpoint.academy.catalogue.dialogues import DIALOGUES, DialogueBody
from counterpoint.academy.catalogue.scoring import SCORING
from counterpoint.academy.drill import games, given, log, timing
from counterpoint.academy.drill.actions import drill_finish
from counterpoint.academy.drill.queries import session_of
from counterpoint.academy.models import DrillEvent, DrillSession
from counterpoint.academy.models.drill import EXAM, OVER, STRICT, VOID
from counterpoint.academy.science import playing
from counterpoint.academy.verbs import GUIDE
from counterpoint.foundation.api import Forbidden, Invalid, Scope, journal, scoped
from counterpoint.primitives.content import every

KINDS = (given.CROWD, given.DOWN, given.UP, given.PERSON, given.ABSENCE, given.OUTAGE)
MOST, LONGEST, LETTERS = 60, 60, 200  # customers of a crowd, minutes within which it comes, of a message


def people_to_send() -> dict[str, DialogueBody]:
    """Dialogues with which a trainer may send somebody, by their short names."""
    held = games.newest(DIALOGUES)
    return {key.removeprefix(given.DIALOGUE): one for key, one in held.items() if key.startswith(given.DIALOGUE)}


@transaction.atomic
def drill_inject(
    *, scope: Scope, session: UUID, act: str, now: datetime, real: datetime, key: str, **sent: str | int
) -> DrillEvent:  # fmt: skip
    """From now on: a crowd (`service`, `count`, `minutes` within which it comes), a machine (`device`) that fails or
    works again, somebody who comes with a `dialogue`, a `user` who goes home, all systems out for `minutes`."""
    with scoped(scope):
        row = session_of(scope, session, GUIDE, lock=True)
        game = _guided(row)
        if act not in KINDS:
            raise Invalid(_("There is no such event."), field="act")
        return _append(scope, row, game, given.INJECT, act, _inputs(game, act, sent), now, real, key)


def _inputs(game: playing.Game, act: str, sent: Mapping[str, str | int]) -> dict[str, object]:
    service, count, minutes = str(sent.get("service", "")), int(sent.get("count", 0)), int(sent.get("minutes", 10))
    if act == given.CROWD:
        if service not in game.model.service_codes:
            raise Invalid(_("There is no such service."), field="service")
        if not (1 <= count <= MOST and 1 <= minutes <= LONGEST):
            raise Invalid(_("A crowd is 1 to %(most)d people within 1 to 60 minutes.") % {"most": MOST})
        return {"service": service, "count": count, "minutes": minutes}
    if act == given.PERSON:
        return _dialogue(str(sent.get("dialogue", "")))
    if act == given.ABSENCE:
        if sent.get("user") not in game.staffing.codes:
            raise Invalid(_("Nobody of that name works on this day."), field="user")
        return {"user": sent["user"]}
    if act == given.OUTAGE:
        if not 1 <= minutes <= 2 * LONGEST:
            raise Invalid(_("An outage takes 1 to 120 minutes."), field="minutes")
        return {"minutes": minutes}
    if sent.get("device") not in [one.code for one in game.model.devices]:
        raise Invalid(_("There is no such machine."), field="device")
    return {"device": sent["device"]}


def _dialogue(name: str) -> dict[str, object]:
    """The dialogue in its newest version, with what its points are worth by now: the day keeps both."""
    held = max((one for one in every(DIALOGUES) if one.key == f"{given.DIALOGUE}{name}"), key=lambda one: one.version,
               default=None)  # fmt: skip
    if held is None:
        raise Invalid(_("There is nobody with such a matter."), field="dialogue")
    minutes = games.newest(SCORING)[games.STANDARD].minutes
    worth = {str(dimension): float(value) for dimension, value in minutes.items()}
    return {"dialogue": name, "version": held.version, "minutes": worth}


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
