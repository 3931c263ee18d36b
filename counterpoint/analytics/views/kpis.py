"""The catalogue, one number with everything about it, and the rows behind it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterpoint.analytics import cards, charts
from counterpoint.analytics.forms import MuteForm, TargetForm
from counterpoint.analytics.verbs import SEE
from counterpoint.analytics.views import breakdown
from counterpoint.analytics.views.frame import GRAINS, Frame, frame, steps, tabs
from counterpoint.foundation.api import DomainError, OrgUnit, colleagues, policy, roles, scoped
from counterpoint.primitives.content import every, get
from counterpoint.primitives.metrics import (
    ALARM,
    HANDLE,
    NAME,
    PEOPLE,
    TARGET,
    Metric,
    Period,
    alarm_list,
    metric_mute,
    metric_of,
    metric_unmute,
    metrics,
    mutes,
    relation,
    rows,
    target_set,
    target_versions,
    telling,
)
from counterpoint.ui import reader
from counterpoint.ui.excel import Sheet, workbook
from counterpoint.ui.pages import done, download
from counterpoint.ui.tables import Column, Table

SHOWN_ROWS, SAVED_ROWS = 200, 20_000


@policy.allow(SEE)
def catalogue(request: Any) -> HttpResponse:
    """Every indicator in force: search, formula in words, source, owner."""
    place = frame(request)
    words = request.GET.get("q", "").strip().lower()
    group = request.GET.get("group", "")
    known = metrics(place.on, place.unit.rule_pack)
    groups = list(dict.fromkeys(one.group for one in known.values()))
    if group and group not in groups:
        raise Http404
    found = [_line(one, place) for one in known.values() if (not group or one.group == group) and _matches(one, words)]
    url = reverse("analytics:kpis")
    links = [("", _("All"), url, len(known))]
    links += [(key, charts.group_name(key), f"{url}?group={key}", _count(known.values(), key)) for key in groups]
    context = {"place": place, "found": found, "groups": links, "group": group, "words": words}
    return render(request, "analytics/kpis.html", context)


def _count(some: Any, group: str) -> int:
    return sum(one.group == group for one in some)


def _matches(one: Metric, words: str) -> bool:
    text = " ".join([one.key, one.code, *one.names.values(), telling.formula(one)]).lower()
    return all(word in text for word in words.split())


def _line(one: Metric, place: Frame) -> dict[str, Any]:
    item = get(NAME, one.key, place.on, place.unit.rule_pack)
    return {
        "metric": one, "name": one.name(reader.language()), "formula": telling.formula(one), "item": item,
        "origin": charts.origin(item),
        "unit": telling.unit_name(one.unit), "target": telling.bounds(one, one.target), "owner": owner_name(one),
        "direction": charts.direction_name(one), "examples": len(item.examples),
        "url": f"{reverse('analytics:kpi', args=[one.key])}?{place.query()}",
    }  # fmt: skip


def owner_name(one: Metric) -> str:
    """The role that answers for the number."""
    return str(roles.ROLES[one.owner].label) if one.owner in roles.ROLES else one.owner


def _metric(key: str, place: Frame) -> Metric:
    try:
        return metric_of(key, place.on, place.unit.rule_pack)
    except DomainError as unknown:
        raise Http404 from unknown


def _person(request: Any, place: Frame) -> str:
    """Whose number is asked for: ?person= for leaders, the own for everybody."""
    person = request.GET.get("person", "")
    if person and not request.scope.may(PEOPLE, place.unit.path) and person != request.user.staff_no:
        raise Http404
    return str(person)


@policy.allow(SEE)
def kpi(request: Any, key: str) -> HttpResponse:
    """One number: its course, where it comes from, what it means, who answers for it."""
    place = frame(request, ("hour", *GRAINS))
    one, person = _metric(key, place), _person(request, place)
    whole = not (person or place.post)  # of a person or a post there are days, no hours
    hours = breakdown.has_hours(one) and whole
    place = replace(place, grain=cards.fitting(one, "day" if place.grain == "hour" and not hours else place.grain))
    found = cards.read(
        scope=request.scope, unit=place.unit, keys=[key], grain=place.grain, on=place.on, now=place.now, person=person,
        post=place.post, hour=place.hour,
    )  # fmt: skip
    card = found.get(key)
    by_hour = breakdown.by(request.scope, place, one, "hour") if hours else {}
    by_post = {}
    if breakdown.has_posts(one, place.unit) and whole and place.grain != "hour":
        by_post = breakdown.by(request.scope, place, one, "post")
    if request.GET.get("as") == "excel" and card is not None:
        made = breakdown.book(one, place, card, by_hour, by_post)
        return download(made, f"kpi-{one.code}-{place.unit.code}-{place.period.slug}.xlsx")
    url = reverse("analytics:kpi", args=[key])
    item = get(NAME, key, place.on, place.unit.rule_pack)
    context: dict[str, Any] = {
        "place": place, "metric": one, "name": one.name(reader.language()), "card": card, "item": item,
        "grain": place.grain, "breakdown": breakdown.tables(one, place, by_hour, by_post),
        "tabs": [tab for tab in tabs(place, url, hours=hours, person=person) if tab[0] in one.grains],
        "steps": steps(place, url, person=person), "query": place.query(person=person), "person": person,
        "whole": place.query(post=None), "post": breakdown.post_name(one, place.post),
        "formula": telling.formula(one), "note": one.note(reader.language()), "owner": owner_name(one),
        "origin": charts.origin(item), "examples": _examples(one, item.examples),
        "relations": [(relation(name).name(reader.language()), name) for name in one.relations],
        "parts": [telling.part_name(part) for part in one.parts], "direction": charts.direction_name(one),
        "versions": [other for other in every(NAME) if other.key == key], "thresholds": charts.thresholds(one),
    }  # fmt: skip
    if card is not None:
        context["course"] = charts.course(card)
        context["margins"] = _margins(request, place, one, by_hour, by_post) if whole else []
    context |= _decided(request, place, one)
    return render(request, "analytics/kpi.html", context)


def _margins(request: Any, place: Frame, one: Metric, by_hour: Any, by_post: Any) -> list[Any]:
    """By hour, by unit below, by post and by person: what the caller may see and the rows know."""
    found: list[Any] = []
    if one.interval != "none" or place.grain == "hour":
        found.append(charts.by_hour(one, by_hour))
    found.append(charts.ranking(one, _below(request, place, one, place.period)))
    found.append(charts.posts(one, by_post))
    by_person = "person" in one.subjects and "person" in relation(one.relations[0]).columns
    if by_person and place.grain != "hour" and request.scope.may(PEOPLE, place.unit.path):
        people = breakdown.by(request.scope, place, one, "person")
        found.append(charts.people(one, people, _names(request, place, place.period)))
    return [chart for chart in found if chart is not None]


def _below(request: Any, place: Frame, one: Metric, period: Any) -> list[cards.Row]:
    with scoped(request.scope):
        units = list(OrgUnit.objects.filter(parent=place.unit).exclude(kind="group").order_by("path"))
    _chosen, found = cards.compared(scope=request.scope, units=units, keys=[one.key], period=period, now=place.now)
    return found


def _names(request: Any, place: Frame, period: Period) -> dict[str, str]:
    """Names by staff number, of people of a branch in a period; above it numbers stay numbers."""
    if place.unit.kind != OrgUnit.Kind.BRANCH:
        return {}
    here = colleagues(scope=request.scope, org_unit=place.unit, on=period.since, until=period.until)
    return {person.staff_no: person.name for person in here}


def _examples(one: Metric, examples: Any) -> list[dict[str, Any]]:
    return [
        {"rows": charts.example_rows(one, each["rows"]), "value": telling.number(one, each["value"])}
        for each in examples
    ]


def _decided(request: Any, place: Frame, one: Metric) -> dict[str, Any]:
    """What people decided about the number at this unit: targets, mutings, alarms."""
    scope, unit = request.scope, place.unit
    found: dict[str, Any] = {"targets": target_versions(scope=scope, org_unit=unit, metric=one.key)}
    if scope.may(TARGET, unit.path):
        found["target_form"] = TargetForm(initial={"since": place.today})
    if scope.may(HANDLE, unit.path):
        found["mute_form"] = MuteForm(initial={"until": place.today + timedelta(days=7)})
    if scope.may(ALARM, unit.path):
        found["alarms"] = [
            (row, telling.headline(one, row)) for row in alarm_list(scope=scope, unit=unit, metric=one.key, limit=8)
        ]
        found["mutes"] = [row for row in mutes(scope=scope, org_unit=unit, now=place.now) if row.metric == one.key]
    return found


@policy.allow(SEE)
def drill(request: Any, key: str) -> HttpResponse:
    """The rows that the number counts, as a table or as Excel."""
    place = frame(request, ("hour", *GRAINS))
    one, person = _metric(key, place), _person(request, place)
    part = _whole(request.GET.get("part", "0"))
    saving = request.GET.get("as") == "excel"
    try:
        found = rows(
            scope=request.scope, org_unit=place.unit, metric=key, period=place.period, person=person, post=place.post,
            place=part,
            limit=SAVED_ROWS if saving else SHOWN_ROWS,
        )  # fmt: skip
    except DomainError as refused:
        raise Http404 from refused
    kind = relation(found.part.relation)
    headings = [charts.column_name(kind, name) for name in found.columns]
    lines = [[charts.cell(kind, name, row[name]) for name in found.columns] for row in found.rows]
    title = f"{place.unit.name} · {one.name(reader.language())} · {telling.period(place.period)}"
    if saving:
        sheet = Sheet(_("Rows"), headings, lines, title, telling.part_name(found.part))
        return download(workbook([sheet]), f"rows-{one.code}-{place.unit.code}-{place.period.slug}.xlsx")
    url = reverse("analytics:drill", args=[key])
    table = Table(
        "rows", title, [Column(heading, number=kind.columns.get(name) == "number")
                        for heading, name in zip(headings, found.columns, strict=True)], lines,
        excel_url=f"{url}?{place.query(part=part, person=person)}&as=excel", empty=_("No rows in this period"),
    )  # fmt: skip
    context = {
        "place": place, "metric": one, "name": one.name(reader.language()), "table": table, "found": found,
        "post": breakdown.post_name(one, place.post),
        "steps": steps(place, url, part=part, person=person), "part": str(part),
        "tabs": tabs(place, url, hours=breakdown.has_hours(one), part=part, person=person),
        "part_name": telling.part_name(found.part), "back": f"{reverse('analytics:kpi', args=[key])}?{place.query()}",
        "parts": [(str(n), telling.part_name(each), f"{url}?{place.query(part=n, person=person)}")
                  for n, each in enumerate(one.parts)],
    }  # fmt: skip
    return render(request, "analytics/rows.html", context)


def _whole(text: str) -> int:
    if not text.isdigit() or len(text) > 2:
        raise Http404
    return int(text)


@policy.allow(TARGET)
@require_POST
def set_target(request: Any, key: str) -> HttpResponse:
    """A new version of the unit's target."""
    place = frame(request)
    one = _metric(key, place)
    form = TargetForm(request.POST)
    back = f"{reverse('analytics:kpi', args=[key])}?{place.query()}#targets"
    given = form.cleaned_data if form.is_valid() else {}

    def act() -> None:
        form.refuse_wrong()
        target_set(scope=request.scope, org_unit=place.unit, metric=one, now=place.now, **given)

    return done(request, act, _("The target is set."), back)


@policy.allow(HANDLE)
@require_POST
def mute(request: Any, key: str) -> HttpResponse:
    """Alarms of the metric tell nobody for a while; an empty form tells again."""
    place = frame(request)
    one = _metric(key, place)
    back = f"{reverse('analytics:kpi', args=[key])}?{place.query()}#alerts"
    here = {"scope": request.scope, "org_unit": place.unit, "now": place.now}
    if request.POST.get("unmute"):
        return done(request, lambda: metric_unmute(**here, metric=key), _("Alerts are told again."), back)
    form = MuteForm(request.POST)
    given = form.cleaned_data if form.is_valid() else {}

    def act() -> None:
        form.refuse_wrong()
        metric_mute(**here, metric=one, **given)

    return done(request, act, _("Alerts of this number are muted."), back)
