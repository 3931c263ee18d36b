"""Changing a draft cell by cell, and publishing it: one winner, nothing half seen, nothing overwritten unseen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from counterpoint.foundation.api import Invalid, NotFound, Scope, User, journal, notify, scoped
from counterpoint.team import rules, violations, waiting, workbench
from counterpoint.team.actions.plans import new_version, published
from counterpoint.team.errors import AlreadyPublished, HardRuleBroken, StaleRevision
from counterpoint.team.models import Roster, ShiftRow

if TYPE_CHECKING:
    from counterpoint.science.rostering import Evaluation, RosterProblem, Shift
    from counterpoint.science.rostering import Roster as Schedule


@dataclass(frozen=True)
class Cell:
    """One person's day as the editor wants it: `off`, or a shift with lunch and posts (minutes after midnight).

    `tasks` are (start, end, skill); left empty, the person's posts of that day are kept where they still fit.
    """

    person: str
    day: int
    off: bool = False
    start: int = 0
    end: int = 0
    lunch: tuple[int, int] | None = None
    tasks: tuple[tuple[int, int, str], ...] = ()


@dataclass(frozen=True)
class Tried:
    """A draft with one cell exchanged, nothing written: people as they are today, and what the judge says of both."""

    before: Schedule
    after: Schedule
    problem: RosterProblem
    was: Evaluation
    now: Evaluation
    judgement: dict[str, Any]


@dataclass(frozen=True)
class Edited:
    """The draft (changed, or only as it was tried on), and how the change was judged."""

    roster: Roster
    tried: Tried

    @property
    def judgement(self) -> dict[str, Any]:
        """What the judge says of the draft with the change."""
        return self.tried.judgement


def locked(roster_id: UUID) -> Roster:
    """The row, locked until the end of the transaction; `NotFound` when outside the scope."""
    row = Roster.objects.select_for_update().select_related(None).filter(pk=roster_id).first()
    if row is None:
        raise NotFound(_("There is no such roster here."))
    return row


def check_revision(row: Roster, revision: int) -> None:
    """Raise unless the editor saw the newest revision of a draft."""
    if row.state != Roster.State.DRAFT:
        raise AlreadyPublished(_("Version %(n)s is published and stays as it is. Make a new version to change it.")
                               % {"n": row.version})  # fmt: skip
    if row.revision != revision:
        text = _("Somebody changed this draft meanwhile (now at change %(n)s). Reload it, then repeat your change.")
        raise StaleRevision(text % {"n": row.revision}, revision=row.revision)


@transaction.atomic
def roster_edit(*, scope: Scope, now: datetime, roster_id: UUID, revision: int, cell: Cell) -> Edited:
    """Change one cell of a draft. Broken rules are named, not refused: publishing refuses them."""
    from counterpoint.science.rostering import pinned

    with scoped(scope):
        row = locked(roster_id)
        scope.require("team.roster.edit", row.org_path)
        check_revision(row, revision)
        found = tried(row, cell)
        problem = pinned(workbench.problem_of(row), found.after, [(cell.person, cell.day)])
        _resave(scope, now, row, problem, found.after, cell, hard=len(found.now.hard))
    return Edited(row, found)


def roster_try(*, scope: Scope, roster_id: UUID, revision: int, cell: Cell) -> Edited:
    """What :func:`roster_edit` would find, without changing, locking or recording anything. Same refusals."""
    with scoped(scope):
        row = Roster.objects.select_related("org_unit", "forecast").filter(pk=roster_id).first()
        if row is None:
            raise NotFound(_("There is no such roster here."))
        scope.require("team.roster.edit", row.org_path)
        check_revision(row, revision)
        return Edited(row, tried(row, cell))


def tried(row: Roster, cell: Cell) -> Tried:
    """The roster with the cell exchanged, judged beside the roster as it is; the cell counts as fixed by hand."""
    from counterpoint.science.rostering import pinned

    problem, before = workbench.problem_of(row, fresh=True), workbench.schedule_of(row)
    after = changed(before, cell, {p.id for p in problem.people}, len(problem.days))
    was, _judged = workbench.judgement(problem, before)
    problem = pinned(problem, after, [(cell.person, cell.day)])
    now, judged = workbench.judgement(problem, after)
    return Tried(before, after, problem, was, now, judged)


def changed(before: Schedule, cell: Cell, people: set[str], days: int) -> Schedule:
    """The roster with one cell exchanged."""
    if cell.person not in people or not 0 <= cell.day < days:
        raise Invalid(_("This person or day is not in the roster."), field="person")
    if cell.off:
        return before.without(cell.person, cell.day)
    if not 0 <= cell.start < cell.end <= 1440:
        raise Invalid(_("A shift ends after it begins, within one day."), field="end")
    if cell.lunch and not 0 <= cell.lunch[0] < cell.lunch[1] <= 1440:
        raise Invalid(_("Lunch ends after it begins, within one day."), field="lunch")
    return before.replaced(_shift(cell, before.of(cell.person, cell.day)))


def _shift(cell: Cell, old: Shift | None) -> Shift:
    from counterpoint.science.rostering import Break, Shift, Task

    lunch = Break(*cell.lunch) if cell.lunch else None
    wanted = [Task(*task) for task in cell.tasks] or _stretched(old, cell)
    tasks: list[Task] = []
    for task in wanted:
        start, end = max(task.start, cell.start), min(task.end, cell.end)
        pieces = [(start, end)]
        if lunch:
            pieces = [(start, min(end, lunch.start)), (max(start, lunch.end), end)]
        tasks += [Task(a, b, task.skill) for a, b in pieces if a < b]
    return Shift(cell.person, cell.day, cell.start, cell.end, lunch, tuple(tasks))


def _stretched(old: Shift | None, cell: Cell) -> list[Any]:
    """Old posts moved with a shift of unchanged length, else stretched at the ends."""
    from counterpoint.science.rostering import Task

    if old is None or not old.tasks:
        return []
    moved = cell.start - old.start if cell.end - cell.start == old.end - old.start else 0
    posts = [Task(t.start + moved, t.end + moved, t.skill) for t in sorted(old.tasks, key=lambda t: t.start)]
    found: list[Any] = []
    for number, post in enumerate(posts):
        start = found[-1].end if found else cell.start
        end = cell.end if number == len(posts) - 1 else post.end
        if start < end:
            found.append(Task(start, end, post.skill))
    return found


@transaction.atomic
def roster_borrow(
    *, scope: Scope, now: datetime, roster_id: UUID, revision: int, skill: str, day: int, start: int, end: int
) -> Roster:
    """Put somebody of another branch on a post of a draft for some hours; taking the shift off undoes it."""
    from counterpoint.team.planning import loan

    with scoped(scope):
        row = locked(roster_id)
        scope.require("team.roster.edit", row.org_path)
        check_revision(row, revision)
        problem, schedule = workbench.problem_of(row), workbench.schedule_of(row)
        if skill not in problem.skills or not 0 <= day < len(problem.days) or not 0 <= start < end <= 1440:
            raise Invalid(_("This person or day is not in the roster."), field="day")
        problem, schedule, shift = loan(problem, schedule, day, (start, end), skill)
        evaluation, _judged = workbench.judgement(problem, schedule)
        cell = Cell(shift.person, day, start=start, end=end)
        _resave(scope, now, row, problem, schedule, cell, hard=len(evaluation.hard))
    return row


def _resave(
    scope: Scope, now: datetime, row: Roster, problem: RosterProblem, schedule: Schedule, cell: Cell, *, hard: int
) -> None:
    """Keep a draft whose one cell was changed, with that day's waits played anew, and journal the change."""
    row.problem, row.solution = problem.to_dict(), workbench.stored(schedule, row.solution, status="edited")
    row.waits = waiting.renewed(row, schedule, [cell.day])
    row.revision += 1
    row.save()
    data = {
        "week": row.week.isoformat(), "version": row.version, "revision": row.revision, "user": cell.person,
        "date": problem.days[cell.day].date, "change": "off" if cell.off else f"{cell.start}-{cell.end}", "hard": hard,
    }  # fmt: skip
    journal.record(
        scope=scope, org_unit=row.org_unit, kind="team.roster_edited", subject=str(row.pk), at=now, data=data
    )


@transaction.atomic
def roster_revise(*, scope: Scope, now: datetime, roster_id: UUID) -> Roster:
    """A new draft version that begins as a copy of this one (usually the published one)."""
    with scoped(scope):
        row = locked(roster_id)
        scope.require("team.roster.edit", row.org_path)
        base = published(row.org_unit, row.week)
        copy = new_version(
            row.org_unit, row.week, now=now, actor=scope.actor, base=base, problem=row.problem, solution=row.solution,
            waits=row.waits, conflict=row.conflict, forecast=row.forecast, seed=row.seed, inputs_hash=row.inputs_hash,
        )  # fmt: skip
        data = {
            "week": row.week.isoformat(), "version": copy.version, "seed": row.seed, "inputs_hash": row.inputs_hash,
            "status": "copied", "based_on": row.version,
        }  # fmt: skip
        journal.record(
            scope=scope, org_unit=row.org_unit, kind="team.roster_drafted", subject=str(copy.pk), at=now, data=data
        )
    return copy


@transaction.atomic
def roster_publish(
    *, scope: Scope, now: datetime, roster_id: UUID, revision: int, waivers: Mapping[str, str] | None = None
) -> Roster:
    """Publish a draft: rows for every shift, the old version superseded, people told. Repeating it changes nothing.

    Raises HardRuleBroken (each violation with its source) unless rules that are not law are waived with a reason,
    AlreadyPublished when another version was published meanwhile, StaleRevision when the draft was edited meanwhile.
    """
    with scoped(scope):
        row = locked(roster_id)
        scope.require("team.roster.publish", row.org_path)
        if row.state == Roster.State.PUBLISHED and row.published_by == scope.actor and row.revision == revision:
            return row
        check_revision(row, revision)
        return put_out(scope=scope, now=now, row=row, waivers=dict(waivers or {}))


def put_out(*, scope: Scope, now: datetime, row: Roster, waivers: dict[str, str]) -> Roster:
    """Publish a locked, checked draft inside the caller's transaction and scope."""
    current = published(row.org_unit, row.week, lock=True)
    if (current.pk if current else None) != row.based_on_id:
        text = _("Version %(n)s was published meanwhile. Make a new version from it and repeat your changes.")
        raise AlreadyPublished(text % {"n": current.version if current else "?"})
    problem, schedule = workbench.problem_of(row, fresh=True), workbench.schedule_of(row)
    if not schedule.shifts:
        raise Invalid(_("This draft holds no shift. Resolve the conflict first."))
    evaluation, _judged = workbench.judgement(problem, schedule)
    broken = rules.unwaived(evaluation.hard, waivers)
    if broken:
        text = _("%(n)s hard rules are broken, first: %(first)s (%(source)s). Change the shifts, or give a reason.")
        names = workbench.names_of(problem)
        told = [violations.named(asdict(one), names) for one in broken]
        values = {"n": len(broken), "first": told[0]["text"], "source": told[0]["source"]}
        raise HardRuleBroken(text % values, violations=[t["text"] for t in told], keys=[v.key for v in broken])
    before = workbench.schedule_of(current) if current else None
    if current:
        Roster.objects.filter(pk=current.pk).update(state=Roster.State.SUPERSEDED)
    row.state, row.published_at, row.published_by = Roster.State.PUBLISHED, now, scope.actor
    row.waivers = {key: reason for key, reason in waivers.items() if any(v.key == key for v in evaluation.hard)}
    row.problem = problem.to_dict()
    try:
        with transaction.atomic():
            row.save()
            ShiftRow.objects.bulk_create(_rows(row, schedule))
    except IntegrityError as refused:
        raise _refusal(refused) from refused
    delta = rules.changes(before, schedule) if before else ()
    data = {
        "week": row.week.isoformat(), "version": row.version, "changes": len(delta), "shifts": len(schedule.shifts),
        "waived": sorted(row.waivers),
    }  # fmt: skip
    reasons = row.waivers or None
    journal.record(
        scope=scope, org_unit=row.org_unit, kind="team.roster_published", subject=str(row.pk), at=now, data=data,
        private=reasons,
    )  # fmt: skip
    _tell(row, {c.person for c in delta} if before else {s.person for s in schedule.shifts}, now)
    return row


def _refusal(refused: IntegrityError) -> Exception:
    if "elsewhere" in str(refused):
        return HardRuleBroken(_("Somebody in this roster already works at another branch at that time."))
    return AlreadyPublished(_("Another version of this week was published at the same moment. Reload the page."))


def _rows(row: Roster, schedule: Schedule) -> list[ShiftRow]:
    first = row.week
    return [
        ShiftRow(
            org_unit=row.org_unit,
            roster=row,
            user_id=UUID(shift.person),
            date=first + timedelta(days=shift.day),
            start=shift.start,
            end=shift.end,
            lunch_start=shift.lunch.start if shift.lunch else None,
            lunch_end=shift.lunch.end if shift.lunch else None,
            segments=[{"start": t.start, "end": t.end, "skill": t.skill} for t in shift.tasks],
        )
        for shift in schedule.shifts
        if workbench.is_person(shift.person)
    ]


def _tell(row: Roster, people: set[str], now: datetime) -> None:
    title = _("Your shifts of the week of %(week)s") % {"week": row.week.isoformat()}
    body = _("Version %(n)s of the roster is published.") % {"n": row.version}
    for user in User.objects.filter(pk__in=filter(workbench.is_person, people)):
        notify.send(
            org_unit=row.org_unit, dedupe=f"team.roster:{row.pk}:{user.pk}", title=title, body=body, now=now,
            recipient=user, link=reverse("team:my"),
        )  # fmt: skip


def week_of(day: date) -> date:
    """The roster week a date lies in."""
    return rules.monday_of(day)
