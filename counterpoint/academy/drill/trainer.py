"""The trainer's view: running drills of the own units, something added by hand, a message, the end."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterpoint.academy.drill import guiding, log, queries, shown, timing, words
from counterpoint.academy.drill.views import REAL, drill_page, key_of
from counterpoint.academy.models import DrillEvent, DrillSession
from counterpoint.academy.models.drill import STRICT
from counterpoint.academy.science import playing
from counterpoint.academy.verbs import GUIDE
from counterpoint.foundation.api import DomainError, NotFound, calendar, clock, policy, scoped
from counterpoint.ui import reader
from counterpoint.ui.pages import number_in

LAST = 3


@policy.allow(GUIDE)
def overview(request: Any) -> HttpResponse:
    """All running drills with their figures."""
    drill_page(request)
    return render(request, "academy/trainer.html", {"rows": _rows(request), "past": _over(request)})


@policy.allow(GUIDE)
def now_part(request: Any) -> HttpResponse:
    """The figures alone, asked for every few seconds."""
    return render(request, "academy/parts/trainer_rows.html", {"rows": _rows(request)})


def _rows(request: Any) -> list[dict[str, Any]]:
    real = REAL.now()
    with scoped(request.scope):
        rows = queries.running(request.scope, clock.now())
        logs = log.lines_of(rows)
        people = [
            (key, reader.said(one.names, reader.language())) for key, one in sorted(guiding.people_to_send().items())
        ]
        return [_row(row, logs[row.pk], real, people) for row in rows]


def _over(request: Any) -> list[dict[str, Any]]:
    """Days of the last hours that are over, with their debriefs; none of an exam."""
    with scoped(request.scope):
        rows = queries.over_lately(request.scope, clock.now())
        return [shown.row_of(row) | {"owner": row.owner.name, "unit": row.org_unit.name} for row in rows]


def _row(row: DrillSession, found: list[DrillEvent], real: Any, people: list[tuple[str, str]]) -> dict[str, Any]:
    game = log.game_played(row, found)
    second = timing.second(row, game, timing.clock_of(row, clock.now(), real))
    day = playing.play(game, log.orders_of(found), second / 60, log=False)
    names = shown.names_of(row)
    told = [shown.line(line, names, None, row) for line in found if line.kind != "pace"]
    return {
        **shown.row_of(row), "clock": calendar.wall(second / 60), "speed": row.speed,
        "numbers": playing.figures(day), "last": told[-LAST:], "services": list(names.services.items()),
        "staff": list(words.people(game.staffing.codes).items()), "people": people,
        "machines": [d.code for d in game.model.devices], "strict": row.purpose in STRICT,
        "owner": row.owner.name, "unit": row.org_unit.name,
    }  # fmt: skip


@policy.allow(GUIDE)
@require_POST
def do(request: Any, session: UUID, name: str) -> HttpResponse:
    """Add something by hand, say something, or end the drill."""
    here = {"scope": request.scope, "session": session, "now": clock.now(), "real": REAL.now()}
    sent = request.POST
    try:
        if name == "stop":
            guiding.drill_stop(**here)
        elif name == "message":
            guiding.drill_message(**here, key=key_of(request), text=sent.get("text", ""))
        elif name in guiding.KINDS:
            inputs = {one: sent.get(one, "") for one in ("service", "device", "dialogue", "user")}
            count, minutes = number_in(sent.get("count", ""), 0), number_in(sent.get("minutes", ""), 0)
            guiding.drill_inject(**here, key=key_of(request), act=name, count=count, minutes=minutes, **inputs)
        else:
            raise Http404
    except NotFound as absent:
        raise Http404 from absent
    except DomainError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("Done"))
    return redirect("academy:trainer")
