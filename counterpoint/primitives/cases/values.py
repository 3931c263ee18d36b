"""What the verbs and reads of cases answer: frozen values, the same for pages, other rooms and the open API."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from counterpoint.primitives.cases.models import Case
from counterpoint.primitives.cases.state import from_json
from counterpoint.primitives.cases.types import STAGE_KINDS, CaseType
from counterpoint.ui import reader


class Answer(BaseModel):
    """Base of all answers."""

    model_config = ConfigDict(frozen=True)


class CaseView(Answer):
    """A case in a list. `due_at` is the nearest deadline that still runs; names are in the reader's language; `stages`
    names the first stage of each kind."""

    id: UUID
    label: str
    type: str
    version: int
    type_name: str
    title: str
    level: str
    level_name: str
    stage: str
    stage_name: str
    stage_kind: str
    cycle: int
    owner: UUID | None
    owner_name: str
    branch: str
    branch_name: str
    source: str
    opened_at: datetime
    ended_at: datetime | None
    due_at: datetime | None
    late: bool
    paused: bool
    breaches: int
    fields: dict[str, Any]
    stages: dict[str, str]


class ClockView(Answer):
    """A clock as a reader sees it: what it is for, when it is due, whether it stands, is paused or was missed."""

    clock: str
    name: str
    cycle: int
    started_at: datetime
    due_at: datetime | None
    stopped_at: datetime | None
    breached_at: datetime | None
    state: str
    left: timedelta | None
    allowed: timedelta
    why: str


class FileView(Answer):
    """A piece of evidence."""

    id: UUID
    name: str
    media_type: str


class Told(Answer):
    """One line of the conversation: who did what when, with the words and files that came with it."""

    at: datetime
    kind: str
    label: str
    actor: UUID | None
    actor_name: str
    detail: str
    text: str
    files: tuple[FileView, ...]


class FieldView(Answer):
    """A field with its value in words."""

    slug: str
    name: str
    kind: str
    value: Any
    shown: str
    required_at: str
    private: bool


class LinkView(Answer):
    """Another case, and how it belongs to this one."""

    kind: str
    case: CaseView


class CaseDetail(Answer):
    """Everything of one case that its page shows."""

    case: CaseView
    clocks: tuple[ClockView, ...]
    fields: tuple[FieldView, ...]
    links: tuple[LinkView, ...]
    watchers: tuple[tuple[UUID, str], ...]
    involved: tuple[tuple[UUID, str], ...]
    may: tuple[str, ...]
    proposed_level: str
    pause_reason: str
    verified: bool
    merged_into: UUID | None


class ExplainedLine(Answer):
    """An interval that counted."""

    since: datetime
    until: datetime
    used: timedelta
    total: timedelta


class Explained(Answer):
    """Why a deadline is when it is: the rule, the start, each interval that counted and each that did not."""

    case: UUID
    clock: str
    name: str
    rule: str
    runs: str
    time_zone: str
    started_at: datetime
    allowed: timedelta
    due_at: datetime | None
    stopped_at: datetime | None
    lines: tuple[ExplainedLine, ...]
    holes: tuple[tuple[datetime, datetime | None], ...]
    provisional: bool
    sentence: str


def case_view(row: Case, kind: CaseType, now: datetime) -> CaseView:
    """A stored case as its view."""
    language = reader.language()
    level, stage = kind.level(row.level), kind.stage(row.stage)
    running = row.stage_kind not in ("closed", "dropped")
    return CaseView(
        id=row.pk, label=label_of(row), type=row.type, version=row.version, type_name=kind.name(language),
        title=row.title, level=row.level, level_name=level.name(language) if level else row.level, stage=row.stage,
        stage_name=stage.name(language) if stage else row.stage, stage_kind=row.stage_kind, cycle=row.cycle,
        owner=row.owner_id, owner_name=row.owner.name if row.owner else "", branch=row.org_unit.code,
        branch_name=row.org_unit.name, source=row.source, opened_at=row.opened_at, ended_at=row.ended_at,
        due_at=row.due_at, late=bool(running and row.due_at and row.due_at <= now),
        paused=running and from_json(row.state).paused_at(now), breaches=row.breaches, fields=dict(row.fields),
        stages={one: kind.first(one).slug for one in STAGE_KINDS},
    )  # fmt: skip


def label_of(row: Case) -> str:
    """The short name that people use on the phone: branch and the end of the id."""
    return short_name(row.org_unit.code, row.pk)


def short_name(branch: str, case: object) -> str:
    """The short name of a case of a branch, by its id."""
    return f"{branch.upper()}-{str(case)[-6:].upper()}"
