"""Advice: asked for, taken, declined, and scored when its hour is over."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from counterpoint.foundation.api import Counter, Invalid, NotFound, OrgUnit, Scope
from counterpoint.onsite import futures
from counterpoint.onsite.actions.hall import close_window, guide, move_break, open_window
from counterpoint.onsite.actions.ordering import take_first
from counterpoint.onsite.advising import HORIZON, Found, NotCalibrated, NotReady, consult
from counterpoint.onsite.calibrated import barred
from counterpoint.onsite.entry import Call
from counterpoint.onsite.models import Advice
from counterpoint.onsite.models.advice import DECLINED, GIVEN, TAKEN
from counterpoint.onsite.queries.advice import realised
from counterpoint.onsite.state import hall_of
from counterpoint.onsite.values import AdviceView, advice_view
from counterpoint.onsite.verbs import RUN

FRESH = timedelta(minutes=15)


def advice_ask(*, scope: Scope, branch: OrgUnit, now: datetime, key: str = "") -> AdviceView:
    """Ask the advisor about the hall as it stands; asked twice in one minute it answers the same.

    `NotReady` while the simulation is being loaded or cannot picture the hall.
    """
    call = Call(scope, branch, now, key)
    return call.run(RUN, AdviceView, _ask, first=lambda: _consulted(call))


def advice_take(*, scope: Scope, branch: OrgUnit, now: datetime, advice: UUID, key: str = "") -> AdviceView:
    """Do what was advised, as if by hand: a window opened, closed, or guiding begun. Refused when it is too old."""
    return Call(scope, branch, now, key).run(RUN, AdviceView, _take, advice=advice)


def advice_decline(*, scope: Scope, branch: OrgUnit, now: datetime, advice: UUID, key: str = "") -> AdviceView:
    """Not now: nothing is done, and the advice is scored against doing nothing."""
    return Call(scope, branch, now, key).run(RUN, AdviceView, _decline, advice=advice)


def advice_score(*, scope: Scope, branch: OrgUnit, now: datetime, advice: UUID) -> AdviceView:
    """Compare what came with what was predicted for what was done; once, after its hour."""
    return Call(scope, branch, now).run(RUN, AdviceView, _score, advice=advice)


def _minute(call: Call) -> datetime:
    """One answer a minute: what was asked in the same minute gets the same."""
    return call.now.replace(second=0, microsecond=0)


def _consulted(call: Call) -> Found | None:
    """Before the transaction: an answer already given for this minute needs no futures."""
    if Advice.objects.filter(org_unit=call.branch, at=_minute(call)).exists():
        return None
    if barred(call.branch, call.content):
        raise NotCalibrated(_("Advice waits until the simulation of this branch has passed the trust gate."))
    if not futures.ready():
        raise NotReady(_("The simulation is still being loaded. Ask again in a moment."))
    found = consult(hall_of(scope=call.scope, branch=call.branch, now=call.now))
    if found is None:
        raise NotReady(_("The simulation cannot picture this hall: check windows, people and services."))
    return found


def _ask(call: Call, *, prepared: Found | None) -> AdviceView:
    minute = _minute(call)
    known = Advice.objects.filter(org_unit=call.branch, at=minute)
    if prepared is None:
        return advice_view(known.get())
    counter = Counter.objects.filter(org_unit=call.branch, number=prepared.counter).first()
    row = Advice(
        org_unit=call.branch, business_date=call.on, at=minute, until=minute + timedelta(minutes=HORIZON),
        kind=prepared.kind, user_id=prepared.user or None, counter=counter, service=prepared.service,
        share=prepared.share, predicted=prepared.predicted,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # somebody else asked in this minute meanwhile
        return advice_view(known.get())
    saved = prepared.predicted["chosen"]["saved"]["loss"]
    call.note(
        "onsite.advice_given", row.pk, advice=str(row.pk), option=row.kind, counter=prepared.counter,
        user=prepared.user or None, service=row.service, ticket=prepared.predicted["chosen"].get("ticket"), saved=saved,
    )  # fmt: skip
    return advice_view(row)


def _open_one(call: Call, advice: UUID) -> Advice:
    row = Advice.objects.select_for_update().filter(org_unit=call.branch, pk=advice).first()
    if row is None:
        raise NotFound(_("There is no such advice here."))
    if row.state != GIVEN:
        raise Invalid(_("This advice was already decided on."))
    return row


def _decide(call: Call, row: Advice, state: str) -> AdviceView:
    row.state, row.decided_at, row.decided_by_id = state, call.now, call.scope.actor
    row.save(update_fields=["state", "decided_at", "decided_by", "org_path"])
    call.note(f"onsite.advice_{state}", row.pk, advice=str(row.pk), option=row.kind)
    return advice_view(row)


def _take(call: Call, *, advice: UUID) -> AdviceView:
    row = _open_one(call, advice)
    if call.now - row.at > FRESH:
        raise Invalid(_("This advice is too old: the hall has changed. Ask again."))
    chosen = row.predicted["chosen"]
    for step in chosen.get("steps", [chosen]):
        _carry_out(call, step)
    return _decide(call, row, TAKEN)


def _carry_out(call: Call, step: dict[str, Any]) -> None:
    """One option, as if by hand; a plan's steps share the transaction, so that all are taken or none."""
    match step["kind"]:
        case "call" | "from_lobby" | "swap":
            open_window(call, counter=step["counter"], user=UUID(step["user"]), services=())
        case "reorder":
            take_first(call, ticket=UUID(step["ticket"]), reason=step["why"])
        case "guide":
            guide(call, service=step["service"], share=step["share"])
        case "close":
            close_window(call, counter=step["counter"])
        case "delay_break":
            move_break(call, user=UUID(step["user"]), minute=step["minute"])


def _decline(call: Call, *, advice: UUID) -> AdviceView:
    return _decide(call, _open_one(call, advice), DECLINED)


def _score(call: Call, *, advice: UUID) -> AdviceView:
    row = Advice.objects.select_for_update().filter(org_unit=call.branch, pk=advice).first()
    if row is None:
        raise NotFound(_("There is no such advice here."))
    if row.scored_at is not None or row.until > call.now:
        return advice_view(row)
    came = realised(call.branch, row.business_date, row.at, row.until)
    low, high = row.predicted["chosen" if row.state == TAKEN else "nothing"]["band"]
    row.came, row.hit, row.scored_at = came, low <= came["p90_wait"] <= high, call.now
    row.save(update_fields=["came", "hit", "scored_at", "org_path"])
    call.note("onsite.advice_scored", row.pk, advice=str(row.pk), hit=row.hit)
    return advice_view(row)
