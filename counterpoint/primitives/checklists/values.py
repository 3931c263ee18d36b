"""What the verbs of rounds answer; pydantic, because the first answer to a key is kept and given again."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """A frozen answer."""

    model_config = ConfigDict(frozen=True)


class Done(Value):
    """It was done; there is nothing more to say."""


class RoundView(Value):
    """A round as it stands."""

    id: UUID
    checklist: str
    version: int
    asset: str
    state: str
    business_date: date
    phase: str = ""
    role: str = ""
    due_at: datetime | None = None
    done_at: datetime | None = None
    done_by: UUID | None = None
    percent: float | None = None
    passed: bool | None = None


def view(row: Any) -> RoundView:
    """A stored round as other rooms and programs see it."""
    return RoundView.model_validate({name: getattr(row, name) for name in RoundView.model_fields})


class AnswerView(Value):
    """An answer after it was put: the entry that counts, which need not be the one just given."""

    round: UUID
    item: str
    value: Any
    files: tuple[str, ...]
    entry: str
    seq: int
    contested: bool
    done_at: datetime | None
    done_by: UUID | None


class Failure(Value):
    """An item that failed: the machine it is about and the case that was opened."""

    item: str
    asset: str = ""
    case: UUID | None = None


class Scored(Value):
    """A submitted round."""

    round: RoundView
    percent: float | None
    passed: bool
    failed: tuple[Failure, ...]
    critical: tuple[str, ...]


class Uploaded(Value):
    """A picture that is safely stored; `digest` is the hash of the bytes that were sent."""

    digest: str
    size: int
