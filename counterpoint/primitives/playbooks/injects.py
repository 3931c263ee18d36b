"""News that a drill is given at its time: it appears in the room and nowhere else, and reactions are timed.

Nothing here writes a message: an inject is pretended, so it must not reach anybody who is not looking at the drill.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from counterpoint.primitives.playbooks.definition import Playbook
from counterpoint.primitives.playbooks.models import Play, PlayInject


def prepare(play: Play, book: Playbook) -> None:
    """Rows for everything that a drill will be given; a real play is given nothing."""
    if not play.drill:
        return
    rows = []
    for one in book.injects:
        at = play.started_at + timedelta(minutes=one.minutes)
        rows.append(PlayInject(org_unit=play.org_unit, play=play, slug=one.slug, due_at=at, next_due_at=at))
    PlayInject.objects.bulk_create(rows)


def show(play: Play, book: Playbook, row: PlayInject, now: datetime) -> bool:
    """Put one on the screen, once. The time for a reaction counts from now on; false when it is shown already."""
    expected = book.news[row.slug].answer
    until = now + timedelta(minutes=expected.minutes) if expected else None
    waiting = PlayInject.objects.filter(pk=row.pk, play=play, shown_at=None)
    return bool(waiting.update(shown_at=now, next_due_at=None, answer_due_at=until))


def hold(play: Play) -> None:
    """The drill stands still: nothing comes in."""
    PlayInject.objects.filter(play=play, shown_at=None).update(next_due_at=None)


def go_on(play: Play, gap: timedelta) -> None:
    """What is to come, and what waits for a reaction, moves by as long as the drill stood still."""
    for row in PlayInject.objects.filter(play=play, reacted_at=None):
        if row.shown_at is None:
            row.due_at += gap
            row.next_due_at = row.due_at
        elif row.answer_due_at is not None:
            row.answer_due_at += gap
        row.save(update_fields=["due_at", "next_due_at", "answer_due_at", "org_path"])


def stop(play: Play) -> None:
    """The drill is over: what has not come in does not come any more."""
    PlayInject.objects.filter(play=play, shown_at=None).update(next_due_at=None)
