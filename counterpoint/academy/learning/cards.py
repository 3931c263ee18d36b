"""What was missed comes back: a card a question, due when it is about to be forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from counterpoint.academy.models import ReviewCard, Sitting
from counterpoint.academy.science import psychometrics as p
from counterpoint.foundation.api import OrgUnit, Scope, scoped

A_DAY = 10  # cards a person is shown


def from_sitting(sitting: Sitting, worths: Sequence[float | None], at: datetime) -> None:
    """Questions of an ended sitting that were not right come back from the next day on. Inside a scope."""
    for slot, worth in zip(sitting.form, worths, strict=True):
        if (worth or 0.0) < 1.0:
            add(sitting.org_unit, sitting.user_id, slot["question"], at)


def add(unit: OrgUnit, user: UUID, question: str, at: datetime) -> ReviewCard:
    """A card of the person for the question, due tomorrow; one that is there stays but is due by then."""
    due = at + timedelta(days=1)
    held = ReviewCard.objects.filter(user=user, question=question).first()
    if held is None:
        card = p.repetition().first(due)
        held = ReviewCard(org_unit=unit, user_id=user, question=question, kept=dict(card.kept), due_at=due)
    held.due_at = min(held.due_at, due)
    held.save()
    return held


@transaction.atomic
def answered(card: ReviewCard, right: bool, now: datetime) -> ReviewCard:
    """When the card comes again, after it was answered. Inside a scope."""
    told = p.repetition().after(p.Card(card.due_at, card.kept), p.grade(right), now)
    card.kept, card.due_at, card.last_at = dict(told.kept), told.due, now
    card.save()
    return card


def due(scope: Scope, now: datetime) -> list[ReviewCard]:
    """The caller's cards that are due, longest due first, at most ten a day."""
    with scoped(scope):
        mine = ReviewCard.objects.select_related("org_unit").filter(user=scope.actor)
        done = mine.filter(last_at__gte=now - timedelta(hours=20)).count()
        return list(mine.filter(due_at__lte=now).order_by("due_at", "question")[: max(0, A_DAY - done)])
