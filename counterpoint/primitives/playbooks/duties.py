"""Drills that a year asks for: which are due when, and which play did them. Only a drill that was completed and passed
counts; a failed one is to be repeated (design default)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime
from math import ceil

from counterpoint.foundation.api import OrgUnit
from counterpoint.primitives.playbooks.definition import Playbook
from counterpoint.primitives.playbooks.models import DrillDuty, Play

LAST_MONTH = 11  # the year's last drill is due by the end of November, so that December is left to repeat it


def due_on(year: int, number: int, of: int) -> date:
    """The last day for the n-th of so many drills a year: at equal steps up to the end of November."""
    month = ceil(LAST_MONTH * number / of)
    return date(year, month, monthrange(year, month)[1])


def ensure(unit: OrgUnit, book: Playbook, year: int, now: datetime) -> list[DrillDuty]:
    """The year's duties of a plan at a branch, made when missing. What was due before the house knew of it raises no
    alarm: nobody could have entered that drill."""
    today = unit.date_at(now)
    held = list(DrillDuty.objects.filter(org_unit=unit, playbook=book.key, year=year).order_by("number"))
    have = {one.number for one in held}
    fresh = [
        DrillDuty(
            org_unit=unit, playbook=book.key, year=year, number=number,
            due_on=due_on(year, number, book.drill_per_year),
            alarmed_at=now if due_on(year, number, book.drill_per_year) < today else None,
        )
        for number in range(1, book.drill_per_year + 1)
        if number not in have
    ]  # fmt: skip
    if not fresh:
        return held
    DrillDuty.objects.bulk_create(fresh, ignore_conflicts=True)
    return list(DrillDuty.objects.filter(org_unit=unit, playbook=book.key, year=year).order_by("number"))


def fulfil(play: Play, book: Playbook) -> None:
    """A passed drill does the first duty of its year that nobody did."""
    for duty in ensure(play.org_unit, book, play.org_unit.date_at(play.started_at).year, play.started_at):
        if duty.play_id is None:
            duty.play, duty.next_due_at = play, None
            duty.save(update_fields=["play", "next_due_at", "org_path"])
            return
