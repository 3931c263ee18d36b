"""The playbooks' part of the open API: monitoring starts a play, other systems follow it and do its steps."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema, Status

from counterpoint.foundation.api import OrgUnit, clock, openapi, policy
from counterpoint.primitives.playbooks import actions, queries
from counterpoint.primitives.playbooks.definition import playbooks
from counterpoint.primitives.playbooks.outlook import chance_of_meeting
from counterpoint.primitives.playbooks.values import PlayDetail, PlayView
from counterpoint.primitives.playbooks.verbs import DO, START, VIEW

router = Router()
ANSWERS: Any = {200: PlayView, **dict.fromkeys((403, 404, 409, 422), openapi.Problem)}


class PlaybookOut(Schema):
    key: str
    version: int
    names: dict[str, str]
    steps: list[str]
    limit_minutes: float | None


class StartIn(Schema):
    mode: Literal["real", "drill"] = "real"
    trigger: str = Field("", max_length=120, examples=["monitoring:core"])
    claimed_at: datetime | None = None


class DoneIn(Schema):
    answer: str = ""
    values: dict[str, str | float | int] = {}
    note: str = Field("", max_length=2000)
    claimed_at: datetime | None = None
    round: int | None = None


class ReactIn(Schema):
    text: str = Field("", max_length=2000)


class ChanceOut(Schema):
    limit_minutes: float
    value: float
    low: float
    high: float
    median_minutes: float
    bottleneck: str


def _branch(request: Any) -> OrgUnit:
    found: OrgUnit = request.branch
    return found


@router.get("/playbooks", response=list[PlaybookOut], summary="Plans in force")
@policy.device(VIEW)
def get_playbooks(request: HttpRequest) -> Any:
    """Keys to start a play with."""
    here, now = _branch(request), clock.now()
    return [
        PlaybookOut(
            key=key, version=item.version, names=item.value.names, steps=[step.slug for step in item.value.steps],
            limit_minutes=item.value.time_limit.minutes if item.value.time_limit else None,
        )
        for key, item in playbooks(here.date_at(now), here.rule_pack).items()
    ]  # fmt: skip


@router.get("/playbooks/{key}/chance", response={200: ChanceOut, 404: openapi.Problem}, summary="Chance of its limit")
@policy.device(VIEW)
def get_chance(request: HttpRequest, key: str) -> Any:
    """The chance that the plan would be over within its limit here, from measured step times; 5–95 % interval."""
    known = playbooks(_branch(request).date_at(clock.now()), _branch(request).rule_pack)
    found = (
        chance_of_meeting(scope=request.scope, org_unit=_branch(request), playbook=key, now=clock.now())  # type: ignore[attr-defined]
        if key in known
        else None
    )
    if found is None:
        words = _("No plan “%(plan)s” with a time limit is in force.") % {"plan": key}
        return Status(404, {"code": "not_found", "message": words})
    return ChanceOut(
        limit_minutes=found.limit, value=found.value, low=found.low, high=found.high, median_minutes=found.median,
        bottleneck=found.bottleneck,
    )  # fmt: skip


@router.post("/playbooks/{plan}/plays", response={**ANSWERS, 201: PlayView}, summary="Start a play")
@policy.device(START)
def start_play(request: Any, plan: str, body: StartIn, key: str = openapi.Key) -> Any:
    """The same key answers the same play; 409 `play_already_running` while the plan runs here."""
    own = openapi.own_key(request, key)
    asked = {"scope": request.scope, "org_unit": _branch(request), "playbook": plan, "now": clock.now(), **body.dict()}
    return Status(201, actions.play_start(**asked, key=own))


@router.get("/plays", response=list[PlayView], summary="Plays, newest first")
@policy.device(VIEW)
def get_plays(request: Any, playbook: str = "", mode: str = "", state: str = "") -> Any:
    """Narrowed by plan, mode (real, drill) and state (running, paused, completed, aborted)."""
    states = [state] if state else []
    return queries.plays(scope=request.scope, playbook=playbook, mode=mode, states=states)


@router.get("/plays/{play_id}", response={200: PlayDetail, 404: openapi.Problem}, summary="One play with steps and log")
@policy.device(VIEW)
def get_play(request: Any, play_id: UUID) -> Any:
    """Steps in the plan's order, every round; contact state; log in order of time."""
    return queries.play(scope=request.scope, play=play_id, now=clock.now())


@router.post("/plays/{play_id}/steps/{step}/done", response=ANSWERS, summary="A step is done")
@policy.device(DO)
def do_step(request: Any, play_id: UUID, step: str, body: DoneIn, key: str = openapi.Key) -> Any:  # noqa: ARG001
    """Saying the same again changes nothing; 409 `step_not_ready` when another comes before it."""
    return actions.step_done(scope=request.scope, play=play_id, step=step, now=clock.now(), **body.dict())


@router.post("/plays/{play_id}/steps/{step}/acknowledge", response=ANSWERS, summary="Somebody acts on a step")
@policy.device(DO)
def acknowledge(request: Any, play_id: UUID, step: str, key: str = openapi.Key) -> Any:  # noqa: ARG001
    """Nobody further is told of this step."""
    return actions.step_acknowledge(scope=request.scope, play=play_id, step=step, now=clock.now())


@router.post("/plays/{play_id}/injects/{inject}/react", response=ANSWERS, summary="Somebody reacts to news of a drill")
@policy.device(DO)
def react(request: Any, play_id: UUID, inject: str, body: ReactIn, key: str = openapi.Key) -> Any:  # noqa: ARG001
    """The time from its appearance is taken; the first reaction counts."""
    return actions.inject_react(scope=request.scope, play=play_id, inject=inject, now=clock.now(), text=body.text)
