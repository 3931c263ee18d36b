"""What comes back today: questions that were missed, in lessons or exams, at most ten a day."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from counterpoint.academy.catalogue.questions import worth
from counterpoint.academy.catalogue.reading import question
from counterpoint.academy.exams.shown import Given
from counterpoint.academy.learning import cards, shown
from counterpoint.academy.learning.actions import checked
from counterpoint.academy.learning.views import given_in
from counterpoint.academy.models import ReviewCard
from counterpoint.academy.probes import Look
from counterpoint.academy.verbs import LEARN
from counterpoint.foundation.api import Invalid, clock, policy, scoped


@policy.allow(LEARN)
def today(request: Any) -> HttpResponse:
    """The cards that are due, one at a time; an answer shows what is right and moves its card."""
    now, told, refused = clock.now(), None, ""
    due = cards.due(request.scope, now)
    if request.method == "POST":
        card = next((one for one in due if one.question == request.POST.get("question", "")), None)
        if card is None:
            raise Http404
        try:
            told = _answered(request, card, now)
            due = [one for one in due if one.pk != card.pk]
        except Invalid as wrong:
            refused = wrong.message
    asked = None
    while due and asked is None and told is None:
        item = question(due[0].question, due[0].org_unit, due[0].org_unit.date_at(now))
        asked = shown.one_asked(item, 1, Look(request.scope, due[0].org_unit, now), None) if item else None
        due = due if asked else due[1:]
    context = {"told": told, "asked": asked, "left": len(due), "refused": refused, "at": asked.key if asked else ""}
    return render(request, "academy/exams/today.html", context, status=422 if refused else 200)


def _answered(request: Any, card: ReviewCard, now: Any) -> shown.Asked:
    unit, on = card.org_unit, card.org_unit.date_at(now)
    item = question(card.question, unit, on)
    if item is None:
        raise Invalid(_("This question is no longer asked."))
    given = checked(item.value, given_in(request))
    score = worth(item.value, given, on, unit.rule_pack, unit.path)
    with scoped(request.scope):
        cards.answered(card, score >= 1.0, now)
    return shown.one_asked(item, 1, Look(request.scope, unit, now), Given(given, score, now))
