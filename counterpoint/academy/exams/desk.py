"""Pages behind the exams: running sittings for who invigilates, the question bank for headquarters training."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterpoint.academy.exams import (
    appeals,
    bank_shown,
    day_desk,
    day_shown,
    days,
    grading,
    measuring,
    queries,
    shown,
    sitting,
)
from counterpoint.academy.models import ItemStat
from counterpoint.academy.rules.grading import believed
from counterpoint.academy.rules.words import tell
from counterpoint.academy.verbs import APPEAL, INVIGILATE, MANAGE
from counterpoint.foundation.api import DomainError, clock, policy, scoped
from counterpoint.primitives.cases import CaseFilter, cases
from counterpoint.ui import excel
from counterpoint.ui.pages import done, download, number_in


@policy.allow(INVIGILATE)
def watch(request: Any) -> HttpResponse:
    """Sittings under way and the last that ended, with signs and what innocently explains them."""
    now = clock.now()
    live, ended = queries.running(request.scope, now)
    appealed = cases(scope=request.scope, now=now, filters=CaseFilter(type=APPEAL, stage="open")).total
    context = {
        "live": [_course(one) for one in live], "ended": [_course(one) for one in ended], "now": now,
        "appeals": appealed, "appeal_type": appeals.APPEAL, "may_manage": request.scope.may(MANAGE),
    }  # fmt: skip
    return render(request, "academy/exams/watch.html", context)


def _course(one: queries.Course) -> dict[str, Any]:
    words, level = shown.state_words(one.sitting, one.grade)
    return {
        "row": one.sitting, "name": tell(one.item.value.names) if one.item else one.sitting.blueprint, "words": words,
        "level": level, "answered": one.answered, "of": len(one.sitting.form), "signs": shown.signs(one.signs),
        "grade": one.grade,
    }  # fmt: skip


@policy.allow(INVIGILATE)
@require_POST
def extend(request: Any, sitting_id: UUID) -> HttpResponse:
    """Give a running sitting more time."""
    post = request.POST
    return done(
        request,
        lambda: sitting.sitting_extend(
            scope=request.scope, sitting=sitting_id, minutes=number_in(post.get("minutes", ""), 0),
            why=post.get("why", ""), now=clock.now(),
        ),
        _("The time is extended; the page there shows it within half a minute."), "academy:exam-watch",
    )  # fmt: skip


@policy.allow(INVIGILATE)
@require_POST
def void(request: Any, sitting_id: UUID) -> HttpResponse:
    """Set a sitting aside."""
    return done(
        request,
        lambda: sitting.sitting_void(
            scope=request.scope, sitting=sitting_id, why=request.POST.get("why", ""), now=clock.now()
        ),
        _("The sitting is set aside; it counts neither as passed nor as an attempt."), "academy:exam-watch",
    )  # fmt: skip


def _bank(request: Any) -> tuple[Any, list[measuring.Line], measuring.Answers]:
    unit = measuring.top(request.scope)
    if not request.scope.may(MANAGE, unit.path):
        raise Http404
    lines, answers = measuring.bank(request.scope, unit, clock.now())
    return unit, lines, answers


@policy.allow(MANAGE)
def bank(request: Any) -> HttpResponse:
    """Every question: measured difficulty and separation, observed shares, exposure, flags."""
    unit, lines, answers = _bank(request)
    rows = [bank_shown.row(one) for one in lines]
    wanted = {name: request.GET.get(name, "") for name in ("q", "kind", "order")}
    found = bank_shown.chosen(rows, text=wanted["q"], kind=wanted["kind"], order=wanted["order"])
    context = {
        "page": Paginator(found, bank_shown.PAGE).get_page(request.GET.get("page")), "wanted": wanted,
        "kinds": bank_shown.kinds(), "orders": bank_shown.orders(), "chart": bank_shown.sharpness(rows),
        "all": len(rows), "sittings": answers.sittings, "people": answers.people, "simulated": answers.simulated,
        "measured": sum(one["measured"] for one in rows),
        "enough": measuring.ENOUGH, "days": day_desk.lines(request.scope, unit, clock.now()),
    }  # fmt: skip
    return render(request, "academy/exams/bank.html", context)


@policy.allow(MANAGE)
def bank_sheet(request: Any) -> HttpResponse:
    """The same as a spreadsheet."""
    unit, lines, answers = _bank(request)
    headings = [
        _("Key of the question"), _("The question"), _("Author's difficulty"), _("Measured difficulty"), _("± error"),
        _("Separation (slope)"),
        _("Answers"), _("Right in %"), _("Correlation with the rest"), _("Shown in % of sittings"), _("At most in %"),
        _("Difference between regions"), _("Notes"),
    ]  # fmt: skip
    rows = []
    for line in lines:
        one = bank_shown.row(line)
        stat = one["stat"]
        rows.append(
            [
                one["key"], one["stem"], believed(line.body.prior), stat.difficulty if stat else None,
                stat.difficulty_error if stat else None, stat.slope if stat else None, one["answers"], one["right"],
                line.report.separation if line.report else None, one["shown"], one["cap"], one["difference"],
                _(", ").join(one["flags"]),
            ]
        )  # fmt: skip
    words = {"count": answers.sittings, "people": answers.people}
    note = _("%(count)d sittings, %(people)d people of pretests") % words
    if answers.simulated:
        note += " · " + _("some of their answers are simulated")
    sheet = excel.Sheet(_("Question bank"), headings, rows, title=_("Question bank"), note=note)
    return download(excel.workbook([sheet, _days_sheet(request, unit)]), "question-bank.xlsx")


def _days_sheet(request: Any, unit: Any) -> excel.Sheet:
    players = day_shown.players()
    headings = [
        _("Exam"), _("Scenario"), _("Day of the exam"), _("Difficulty"), _("± error"), _("Loss of doing nothing"),
        _("Loss of the reference"), *players.values(), _("Played in exams"), _("Mean of those who played"), _("Notes"),
    ]  # fmt: skip
    rows = []
    for one in day_desk.lines(request.scope, unit, clock.now()):
        found = one["found"]
        figures = [found.difficulty, found.error, found.nothing, found.reference] if found else [None] * 4
        shares = [share for _player, share, _tries in one["ladder"]] or [None] * len(players)
        rows.append(
            [one["exam"], one["name"], one["number"], *figures, *shares, one["sittings"], one["mean"], one["unfit"]]
        )
    title = _("Days to be played")
    return excel.Sheet(title, headings, rows, title=title, note=_("Simulated players; shares in %"))


@policy.allow(MANAGE)
def item(request: Any, key: str) -> HttpResponse:
    """One question: who chose what, measurements over time, difference between regions, grading again."""
    unit, lines, _answers = _bank(request)
    line = next((one for one in lines if one.key == key), None)
    if line is None:
        raise Http404
    names = {one.slug: tell(one.words) for one in line.body.options}
    held = {one.name: one for one in line.report.options} if line.report else {}
    total = sum(one.chosen for one in held.values())
    right = measuring.right_now(line.body, unit, unit.date_at(clock.now()))
    options = [
        (words, slug in right, held[slug].chosen if slug in held else 0,
         round(100 * held[slug].chosen / total) if slug in held and total else 0,
         None if slug not in held or held[slug].rest is None else round(100 * (held[slug].rest or 0)))
        for slug, words in names.items()
    ]  # fmt: skip
    with scoped(request.scope):
        history = list(ItemStat.objects.filter(question=key).order_by("-at"))
    context = {**bank_shown.row(line), "options": options, "history": history, "line": line, "unit": unit}
    return render(request, "academy/exams/item.html", context)


@policy.allow(MANAGE)
@require_POST
def grade(request: Any, key: str) -> HttpResponse:
    """Grade all sittings again without the question, or by its corrected key."""
    try:
        written, turned = grading.grade_again(
            scope=request.scope, unit=measuring.top(request.scope), question_key=key, how=request.POST.get("how", ""),
            why=request.POST.get("why", ""), now=clock.now(),
        )  # fmt: skip
    except DomainError as refused:
        messages.error(request, refused.message)
    else:
        words = {"written": written, "turned": turned}
        messages.success(request, _("%(written)d results graded again, %(turned)d turned.") % words)
    return redirect("academy:bank-item", key=key)


def _measure_all(scope: Any, now: Any) -> None:
    unit = measuring.top(scope)
    measuring.measure_now(scope=scope, unit=unit, now=now)
    days.ask(unit, now)


@policy.allow(MANAGE)
@require_POST
def measure(request: Any) -> HttpResponse:
    """Measure now instead of at night."""
    return done(
        request,
        lambda: _measure_all(request.scope, clock.now()),
        _("The questions are being measured; look again in a minute."), "academy:bank",
    )  # fmt: skip
