"""Acts on rosters: a draft of one day is laid on the table, changed cell by cell, published.

The day is the first open one that lies at least a week ahead. Times are written `11:30-12:00`, all day `open-close`.
"""

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from counterpoint.academy.acts.registry import Args, Doing, act
from counterpoint.foundation.api import NotFound, colleagues, hours_of, scoped
from counterpoint.primitives.content import minute_of
from counterpoint.team import api as team

NOTICE, AHEAD = 7, 40  # days
STEP = 30
WHOLE = "open-close"
Span = tuple[int, int]


def _day(doing: Doing) -> tuple[date, Span]:
    """The day that is planned, and the half hours that it is open."""
    today = doing.branch.date_at(doing.now)
    with scoped(doing.scope):
        hours = hours_of(doing.branch)
    for ahead in range(NOTICE, AHEAD):
        spans = hours.on(today + timedelta(days=ahead), provisional=True)
        if spans:
            whole = spans[0][0] // STEP * STEP, -(-spans[-1][1] // STEP) * STEP
            return today + timedelta(days=ahead), whole
    raise NotFound(_("There is no such roster here."))


def _span(text: str, whole: Span) -> Span:
    if text == WHOLE:
        return whole
    since, _sign, until = text.partition("-")
    return minute_of(since), minute_of(until)


@act("roster.draft", takes="shifts skills need")
def draft(doing: Doing, args: Args) -> None:
    """A draft of one day. `shifts` are `teller 1 open-close 12:00-12:30 cash; …` with lunch and post, `skills` what
    somebody holds besides the own post (`teller 3 non_cash`), `need` people a post all day (`cash 1; lobby 1`)."""
    from counterpoint.science import rostering as books

    on, whole = _day(doing)
    monday, (start, end) = on - timedelta(days=on.weekday()), whole
    days = [books.Day((monday + timedelta(days=n)).isoformat()) for n in range(7)]
    days[on.weekday()] = books.Day(on.isoformat(), start, end)
    shifts, held = _read(doing, args, on, whole)
    needed = dict(one.split() for one in str(args["need"]).split(";"))
    width = (end - start) // STEP
    series = {
        skill: tuple(int(count) if day.open is not None else 0 for day in days for _slot in range(width))
        for skill, count in needed.items()
    }
    problem = books.RosterProblem(
        days=tuple(days), start=start, end=end, step=STEP, people=held, demand=series,
        shifts=books.ShiftRules(flexible=(books.Flexible(start, end - 240, 240, 540, STEP),)),
        lunch=books.LunchRules(lengths=(STEP,)),
    )  # fmt: skip
    kept = books.Roster(tuple(sorted(shifts, key=lambda one: (one.day, one.person))))
    team.roster_store(
        scope=doing.scope, now=doing.now, branch=doing.branch, week=monday, problem=problem.to_dict(),
        solution={"status": "copied", "roster": kept.to_dict()},
    )  # fmt: skip


def _read(doing: Doing, args: Args, on: date, whole: Span) -> tuple[list[Any], tuple[Any, ...]]:
    """Shifts, and the people of the branch with what they may do."""
    from counterpoint.science import rostering as books

    skills: dict[str, set[str]] = {}
    shifts = []
    for one in str(args["shifts"]).split(";"):
        role, nth, worked, lunch, post = one.split()
        who = str(doing.colleague(role, int(nth)))
        (since, until), pause = _span(worked, whole), _span(lunch, whole)
        tasks = (books.Task(since, pause[0], post), books.Task(pause[1], until, post))
        shifts.append(books.Shift(who, on.weekday(), since, until, books.Break(*pause), tasks))
        skills.setdefault(who, set()).add(post)
    for one in filter(str.strip, str(args.get("skills", "")).split(";")):
        role, nth, skill = one.split()
        skills.setdefault(str(doing.colleague(role, int(nth))), set()).add(skill)
    here = colleagues(scope=doing.scope, org_unit=doing.branch, on=on)
    people = tuple(
        books.Person(str(one.id), one.name, tuple(books.Skill(skill, 3) for skill in sorted(skills[str(one.id)])))
        for one in here
        if str(one.id) in skills
    )
    return shifts, people


def _newest(doing: Doing) -> Any:
    on, _open = _day(doing)
    week = on - timedelta(days=on.weekday())
    row = team.roster_latest(scope=doing.scope, branch=doing.branch, week=week)
    if row is None:
        raise NotFound(_("There is no such roster here."))
    return row


@act("roster.cell", takes="role nth lunch post")
def cell(doing: Doing, args: Args) -> None:
    """Let somebody work the whole day in the newest draft, with this lunch, and, who was off, on this post."""
    row, (on, whole) = _newest(doing), _day(doing)
    wanted = team.Cell(
        person=str(doing.colleague(str(args["role"]), int(args.get("nth", 1)))), day=on.weekday(), start=whole[0],
        end=whole[1], lunch=_span(str(args["lunch"]), whole),
        tasks=((*whole, str(args["post"])),) if "post" in args else (),
    )  # fmt: skip
    team.roster_edit(scope=doing.scope, now=doing.now, roster_id=row.pk, revision=row.revision, cell=wanted)


@act("roster.publish")
def publish(doing: Doing, _args: Args) -> None:
    """Publish the newest draft."""
    row = _newest(doing)
    team.roster_publish(scope=doing.scope, now=doing.now, roster_id=row.pk, revision=row.revision)
