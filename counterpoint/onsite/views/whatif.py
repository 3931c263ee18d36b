"""What if: the page, its answer as a live part, and the workbook. The address carries the whole question."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from counterpoint.foundation.api import DomainError, NotFound, OrgUnit, branch, clock, hours_of, policy, scoped
from counterpoint.onsite import futures
from counterpoint.onsite.localtime import business_date
from counterpoint.onsite.queries.trust import standing
from counterpoint.onsite.shown_trust import label
from counterpoint.onsite.verbs import WHATIF
from counterpoint.onsite.whatif import form, gather, shown, words
from counterpoint.onsite.whatif.answer import Answer, answer, steps
from counterpoint.onsite.whatif.ground import Ground
from counterpoint.onsite.whatif.rehearsals import rehearsals
from counterpoint.onsite.whatif.scenario import Scenario, query, read
from counterpoint.onsite.whatif.words import Names
from counterpoint.role.api import next_open_day
from counterpoint.ui.excel import workbook
from counterpoint.ui.pages import download

AHEAD = 21
OFFERED = 12


@dataclass(frozen=True)
class Asked:
    """A request understood: where, when, on what, and the question with what was left out of it."""

    place: OrgUnit
    on: date
    plan: str
    ground: Ground
    names: Names
    scenario: Scenario
    problems: tuple[str, ...]
    trust: str | None

    def address(self, scenario: Scenario, page: str = "onsite:whatif") -> str:
        """Where this day's scenario stands."""
        fixed = [("branch", self.place.code), ("day", self.on.isoformat())]
        plan = [("plan", self.plan)] if self.plan else []
        return f"{reverse(page)}?{urlencode([*fixed, *plan, *query(scenario)])}"


def _place(request: Any) -> OrgUnit:
    """The branch that the address names, else the one worked at; 404 outside the scope or without the right there."""
    code = request.GET.get("branch", "").replace("\0", "")  # which PostgreSQL refuses to compare
    try:
        found = branch(scope=request.scope, code=code) if code else request.branch
    except NotFound as absent:
        raise Http404 from absent
    if not found or not request.scope.may(WHATIF, found.path):
        raise Http404
    if settings.PROFILE != "test":
        futures.warm()
    return found


def _day(request: Any, place: OrgUnit) -> date:
    """The day asked for; the next open one when none, or nonsense, was asked for."""
    try:
        return date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        now = clock.now()
        today = business_date(place, now)
        with scoped(request.scope):
            following = next_open_day(place, today, now)
        return following.date if following else today


def _asked(request: Any) -> Asked:
    """Raises DomainError when nothing can be asked of this day."""
    place = _place(request)
    on, plan = _day(request, place), request.GET.get("plan", "")
    ground = gather.ground_of(scope=request.scope, branch=place, on=on, now=clock.now(), plan=plan)
    scenario, problems = read(dict(request.GET.lists()), ground)
    names = words.names_of(ground, request.LANGUAGE_CODE, place.rule_pack)
    check = standing(scope=request.scope, branch=place)
    trust = check.status if check else None
    return Asked(place, on, plan if plan in ground.plans[1:] else "", ground, names, scenario, problems, trust)


def _days(request: Any, place: OrgUnit, chosen: date) -> list[date]:
    """Open days to choose from, the chosen one among them."""
    today = business_date(place, clock.now())
    with scoped(request.scope):
        hours = hours_of(place)
    ahead = [today + timedelta(days=n) for n in range(AHEAD + 1)]
    found = [on for on in ahead if hours.on(on, provisional=True)][:OFFERED]
    return sorted({*found, chosen})


@policy.allow(WHATIF)
def whatif(request: Any) -> HttpResponse:
    """The question as a form, ready rehearsals, and the answer."""
    place = _place(request)
    on = _day(request, place)
    context: dict[str, Any] = {"place": place, "on": on, "days": _days(request, place, on)}
    try:
        asked = _asked(request)
    except DomainError as refused:
        return render(request, "onsite/whatif.html", context | _refused(place, refused))
    if not asked.problems and "" in request.GET.values():
        return redirect(asked.address(asked.scenario))
    language = request.LANGUAGE_CODE
    ready = [
        (r.name(language), r.hint(language), asked.address(r.scenario(asked.ground)))
        for r in rehearsals(asked.on, place.rule_pack).values()
    ]
    context |= {
        "asked": asked, "form": form.fields(asked.ground, asked.scenario, asked.names), "rehearsals": ready,
        "plans": [(key, shown.CHOICES[key]) for key in asked.ground.plans],
        "as_planned": asked.address(Scenario()),
    }  # fmt: skip
    return render(request, "onsite/whatif.html", context | _answered(asked) | _helped(asked))


def _refused(place: OrgUnit, refused: DomainError) -> dict[str, Any]:
    """Why, and the next step: another day, or the plan that is missing."""
    if isinstance(refused, gather.NothingKnown):
        return {"refused": refused.message, "next_url": reverse("team:plan"), "next_verb": _("Open planning")}
    url = f"{reverse('onsite:whatif')}?{urlencode({'branch': place.code})}"
    return {"refused": refused.message, "next_url": url, "next_verb": _("Show the next open day")}


@policy.allow(WHATIF)
def whatif_answer(request: Any) -> HttpResponse:
    """The answer alone; the browser's address becomes the short one of the question."""
    try:
        asked = _asked(request)
    except DomainError as refused:
        return render(request, "onsite/parts/whatif_answer.html", {"refused": refused.message})
    drawn = render(request, "onsite/parts/whatif_answer.html", {"asked": asked} | _answered(asked))
    drawn.headers["HX-Push-Url"] = asked.address(asked.scenario)
    return drawn


@policy.allow(WHATIF)
def whatif_steps(request: Any) -> HttpResponse:
    """What would help, tried after the answer is on the screen."""
    try:
        asked = _asked(request)
    except DomainError as refused:
        raise Http404 from refused
    return render(request, "onsite/parts/whatif_steps.html", {"swapped": True} | _helped(asked))


def _answered(asked: Asked) -> dict[str, Any]:
    """The answer drawn; `loading` while the twin is not warm, `impossible` in words."""
    context = {
        "sources": shown.sources(asked.ground), "again": asked.address(asked.scenario, "onsite:whatif-answer"),
        "helping": asked.address(asked.scenario, "onsite:whatif-steps"),
    }  # fmt: skip
    if not futures.ready():
        return context | {"loading": True}
    try:
        found = answer(asked.ground, asked.scenario)
    except DomainError as refused:
        return context | {"impossible": refused.message}
    return context | _drawn(found, asked, asked.address(asked.scenario, "onsite:whatif-excel"))


def _drawn(found: Answer, asked: Asked, excel: str) -> dict[str, Any]:
    return {
        "finding": shown.finding(found, asked.names), "figures": shown.figures(found, excel),
        "charts": shown.charts(found, excel), "warnings": shown.warnings(found, asked.names),
        "simulated": shown.SIMULATED % {"days": len(found.plan.days), "trust": label(asked.trust)},
    }  # fmt: skip


def _helped(asked: Asked) -> dict[str, Any]:
    """Single steps as a table and the best in a sentence; nothing while there is no answer."""
    if not futures.ready():
        return {}
    try:
        tried = steps(asked.ground, asked.scenario, asked.place.rule_pack)
    except DomainError:
        return {}
    return {"steps": shown.steps(tried, asked.names, asked.address), "best": shown.best(tried, asked.names)}


@policy.allow(WHATIF)
def whatif_excel(request: Any) -> HttpResponse:
    """The answer as a workbook; 404 where there is none."""
    try:
        asked = _asked(request)
        if not futures.ready():
            raise Http404
        found, tried = answer(asked.ground, asked.scenario), steps(asked.ground, asked.scenario, asked.place.rule_pack)
    except DomainError as refused:
        raise Http404 from refused
    book = workbook(shown.sheets(found, tried, asked.names, asked.place.name, asked.problems))
    return download(book, f"what-if-{asked.on.isoformat()}.xlsx")
