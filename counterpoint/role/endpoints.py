"""The desk's part of the open API: the self-check calendar (due, done, late), and marking a check as done."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema, Status

from counterpoint.foundation.api import Invalid, NotFound, OrgUnit, clock, openapi, policy
from counterpoint.primitives import checklists
from counterpoint.role import selfchecks
from counterpoint.role.today import Today, day_at
from counterpoint.role.verbs import CALENDAR

router = Router(tags=["self-checks"])
REFUSED: Any = {403: openapi.Problem, 404: openapi.Problem, 409: openapi.Problem, 422: openapi.Problem}
LONGEST = 400  # days of a question


class SelfCheckOut(Schema):
    key: str
    name: str
    every: str
    date: date
    due_at: datetime
    state: str = Field(description="done, failed, late, late_done, due, coming or unknown")
    owner: str
    round: UUID | None = Field(description="what to answer; null while it is not on the list yet")
    percent: float | None


class DoneIn(Schema):
    answers: dict[str, Any] = Field(description="value by item of the round's list", examples=[{"till": "yes"}])
    files: dict[str, list[str]] = Field({}, description="SHA-256 of pictures sent before (/rounds/photos), by item")


def _here(request: Any) -> tuple[OrgUnit, Today]:
    branch: OrgUnit = request.branch
    return branch, day_at(branch, clock.now())


def _seen(request: Any, since: date, until: date, language: str) -> list[selfchecks.SelfCheck]:
    branch, today = _here(request)
    if not 0 < (until - since).days <= LONGEST:
        raise Invalid(_("Ask for one day to four hundred, the last one after the first."), field="until")
    found = selfchecks.between(
        scope=request.scope, branch=branch, since=since, until=until, today=today, language=language
    )
    return list(found)


def _out(one: selfchecks.SelfCheck) -> SelfCheckOut:
    return SelfCheckOut(
        key=one.key, name=one.name, every=one.every, date=one.date, due_at=one.due_at, state=one.state,
        owner=one.who or one.role, round=one.round, percent=one.percent,
    )  # fmt: skip


@router.get("/self-checks", response={200: list[SelfCheckOut], **REFUSED}, summary="The self-check calendar")
@policy.device(CALENDAR)
def calendar(
    request: HttpRequest, since: date | None = None, until: date | None = None, state: str = "",
    language: str = "zh-hans",
) -> Any:  # fmt: skip
    """By due time from `since` (today) to before `until` (a week later); `state` keeps one, such as late."""
    _branch, today = _here(request)
    first = since or today.date
    rows = _seen(request, first, until or first + timedelta(days=7), language)
    return [_out(one) for one in rows if state in ("", one.state)]


@router.post("/self-checks/{round_id}/done", response={200: SelfCheckOut, **REFUSED}, summary="Mark a self-check done")
@policy.device(checklists.FILL)
def done(request: HttpRequest, round_id: UUID, body: DoneIn, key: str = openapi.Key) -> Any:
    """Put the answers and hand the round in. 409 `incomplete` while an answer or picture is missing: answers stay.

    404 for a round that is no self-check of the branch. Findings open their cases as they do on the page."""
    scope, now = request.scope, clock.now()  # type: ignore[attr-defined]
    found = checklists.round_detail(scope=scope, round=round_id)
    if not found.definition.key.startswith(selfchecks.PREFIX):
        raise NotFound(_("There is no such self-check here."))
    for item, value in body.answers.items():
        checklists.answer_put(
            scope=scope, round=round_id, item=item, value=value, files=body.files.get(item, ()), now=now,
            key=f"{key}:{item}"[:80],
        )  # fmt: skip
    checklists.round_submit(scope=scope, round=round_id, now=now, key=key)
    on = found.view.business_date
    rows = _seen(request, on, on + timedelta(days=1), "zh-hans")
    return Status(200, _out(next(one for one in rows if one.round == round_id)))
