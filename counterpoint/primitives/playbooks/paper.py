"""What was done on paper is entered afterwards, all at once, with the times that stand on the sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from counterpoint.foundation.api import Invalid, Scope
from counterpoint.primitives.playbooks.actions import open_row, person_here, settle
from counterpoint.primitives.playbooks.engine import advance, book_of, must_run, opened, told
from counterpoint.primitives.playbooks.values import PlayView, view
from counterpoint.primitives.playbooks.verbs import DO


@dataclass(frozen=True)
class PaperLine:
    """One line of the sheet: which step, at what time, with what answer, by whom."""

    step: str
    at: datetime
    answer: str = ""
    by: UUID | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""


def paper_enter(*, scope: Scope, play: UUID, lines: Sequence[PaperLine], now: datetime) -> PlayView:
    """Enter a sheet, in the order of its times; all lines or none. The times on paper are kept beside the server's.
    Raises `Invalid`, `NotReady` (the step before it is missing on the sheet), `NotRunning`."""
    if not lines:
        raise Invalid(_("Enter at least one line of the sheet."), field="lines")
    with opened(scope, play, DO) as row:
        must_run(row)
        book = book_of(row)
        order = {slug: n for n, slug in enumerate(book.by_slug)}
        ended = False
        for line in sorted(lines, key=lambda one: (one.at, order.get(one.step, -1))):
            held = open_row(row, book, line.step)
            settle(
                row, book, held, now=now, answer=line.answer, values=line.values, note=line.note, claimed_at=line.at,
                by=person_here(scope, row, line.by, now), entered_by=scope.actor,
            )  # fmt: skip
            ended = advance(row, book, now)
        told(
            scope, row, "play_paper_entered", now, ended=ended,
            steps=[[line.step, line.at.isoformat(), str(line.by or scope.actor or "")] for line in lines],
        )  # fmt: skip
        return view(row)
