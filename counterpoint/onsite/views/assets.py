"""The register: list, a thing's page, faults, labels, Excel in and out; and the page behind a label."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from counterpoint.foundation.api import DomainError, NotFound, Zone, address_of, clock, policy
from counterpoint.onsite.assets import actions, labels, public, queries, rules, sheets, shown, walks
from counterpoint.onsite.assets.forms import AssetForm, FaultForm, PublicFaultForm, known
from counterpoint.onsite.assets.kinds import GROUPS, asset_kinds
from counterpoint.onsite.verbs import ASSET_EDIT, ASSETS, REPORT
from counterpoint.primitives import checklists
from counterpoint.ui.pages import PDF, branch_here, download

FAULTS_SHOWN = 30
WHY = "Anybody who scans the label on a thing may report that it does not work; it shows no personal data."


def _wanted(request: Any) -> queries.Filter:
    get = request.GET
    return queries.Filter(
        get.get("q", "").strip()[:60],
        get.get("kind", ""),
        get.get("group", ""),
        get.get("zone", ""),
        get.get("state", ""),
    )


@policy.allow(ASSETS)
def register(request: Any) -> HttpResponse:
    """Search, filter, print, Excel."""
    branch, now, wanted = branch_here(request), clock.now(), _wanted(request)
    rows = queries.register(scope=request.scope, branch=branch, now=now, wanted=wanted)
    everything = rows if wanted == queries.Filter() else queries.register(scope=request.scope, branch=branch, now=now)
    on, language = branch.date_at(now), request.LANGUAGE_CODE
    context = {
        "branch": branch, "wanted": wanted, "counts": shown.counts(everything), "groups": GROUPS.items(),
        "lines": [shown.line(row, language) for row in rows],
        "kinds": [(key, kind.name(language)) for key, kind in asset_kinds(on, branch.rule_pack).items()],
        "zones": Zone.objects.filter(org_unit=branch).values_list("code", "name"),
        "may_edit": request.scope.may(ASSET_EDIT, branch.path), "query": request.GET.urlencode(),
        "sizes": labels.SIZES.values(), "states": shown.filters(),
    }  # fmt: skip
    return render(request, "onsite/assets.html", context)


@policy.allow(ASSETS)
def reliability(request: Any) -> HttpResponse:
    """Kinds against their standards over a year."""
    branch, now = branch_here(request), clock.now()
    rows = queries.by_kind(scope=request.scope, branch=branch, now=now)
    context = {"branch": branch, "rows": shown.kinds(rows, request.LANGUAGE_CODE)}
    return render(request, "onsite/assets_reliability.html", context)


@policy.allow(ASSETS)
def round_walks(request: Any) -> HttpResponse:
    """Whether rounds were walked: scans, times, and the floor plan."""
    branch, now = branch_here(request), clock.now()
    found = walks.proofs(scope=request.scope, branch=branch, now=now, language=request.LANGUAGE_CODE)
    context = {"branch": branch, "rows": shown.walks(found), "tally": shown.tally(found)}
    return render(request, "onsite/assets_walks.html", context)


@policy.allow(ASSETS)
def asset(request: Any, code: str) -> HttpResponse:
    """One thing: state, dates, faults, reliability, its cases."""
    branch, now = branch_here(request), clock.now()
    try:
        found = queries.detail(scope=request.scope, branch=branch, code=code, now=now)
    except NotFound as absent:
        raise Http404 from absent
    on, listed = branch.date_at(now), found.faults[:FAULTS_SHOWN]
    context = {
        "branch": branch, "found": found, "line": shown.line(found.row, request.LANGUAGE_CODE), "code": code,
        "dues": [(shown.WHY[due.why], due.on, due.on < on) for due in found.every_due],
        "faults": [(f, shown.EXTENTS[f.extent], shown.SOURCES.get(f.source, f.source)) for f in listed],
        "measures": shown.measured(found.own, found.row.kind), "pictures": shown.pictures(found, request.LANGUAGE_CODE),
        "definition": shown.definition(found.own.definition), "trend": shown.TRENDS[found.trend.verdict],
        "alike": shown.share(found.alike.availability), "machines": found.alike.machines,
        "chart": shown.months(found, on) if found.faults else None, "form": FaultForm(),
        "may_edit": request.scope.may(ASSET_EDIT, branch.path), "may_report": request.scope.may(REPORT, branch.path),
    }  # fmt: skip
    return render(request, "onsite/asset.html", context)


@policy.allow(ASSET_EDIT)
def edit(request: Any, code: str = "") -> HttpResponse:
    """Enter a thing, or change what is known of it."""
    branch, now = branch_here(request), clock.now()
    row = None
    if code:
        try:
            row = queries.found(scope=request.scope, branch=branch, code=code)
        except NotFound as absent:
            raise Http404 from absent
    first = known(row) if row else {"kind": request.GET.get("kind", "")}
    form = AssetForm(
        branch, branch.date_at(now), request.LANGUAGE_CODE, request.POST or None, initial=first, fixed=row is not None
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        where = {"scope": request.scope, "branch": branch, "now": now, "papers": form.papers}
        try:
            if row:
                actions.asset_change(**where, code=code)
            else:
                code = form.cleaned_data["code"].strip()
                actions.asset_add(**where, code=code, kind=form.cleaned_data["kind"])
            messages.success(request, _("Saved."))
            return redirect("onsite:asset", code=code)
        except DomainError as refused:
            field = refused.details.get("field")
            form.add_error(field if field in form.fields else None, refused.message)
    if form.errors:
        status = 422
    return render(request, "onsite/asset_edit.html", {"form": form, "asset": row, "code": code}, status=status)


@policy.allow(REPORT)
@require_POST
def deed(request: Any, code: str, name: str) -> HttpResponse:
    """Report a fault, confirm a visitor's report, say which one a round meant, or that it works again; take it out of
    use."""
    branch, now = branch_here(request), clock.now()
    where = {"scope": request.scope, "branch": branch, "now": now, "code": code}
    try:
        if name == "fault":
            form = FaultForm(request.POST)
            if not form.is_valid():
                raise Http404
            actions.asset_fault(**where, **form.cleaned_data, key=request.POST.get("idempotency_key", "")[:80])
            messages.success(request, _("Fault noted, and a rectification opened."))
        elif name == "named":
            code = actions.asset_named(**where, meant=request.POST.get("meant", "")).asset
            messages.success(request, _("Noted: this is the one."))
        elif name == "works":
            actions.asset_works(**where)
            messages.success(request, _("Noted: it works again."))
        elif name == "retire":
            actions.asset_retire(**where)
            messages.success(request, _("Out of use. Its history stays."))
        else:
            raise Http404
    except NotFound as absent:
        raise Http404 from absent
    except DomainError as refused:
        messages.error(request, refused.message)
    return redirect("onsite:asset", code=code)


@policy.allow(ASSETS)
def label_sheet(request: Any) -> HttpResponse:
    """Labels of the filtered things as PDF; `code` prints one."""
    branch, now = branch_here(request), clock.now()
    rows = queries.register(scope=request.scope, branch=branch, now=now, wanted=_wanted(request))
    chosen = request.GET.getlist("code")
    rows = [row for row in rows if row.state != rules.RETIRED and (not chosen or row.code in chosen)][: labels.MOST]
    size = labels.SIZES.get(request.GET.get("size", ""), labels.SIZES["medium"])
    skip = request.GET.get("skip", "0")
    if not rows:
        messages.error(request, _("There is nothing to print with this filter."))
        return redirect("onsite:assets")
    addresses = [
        labels.address(request.build_absolute_uri(reverse("ticket:label", args=[row.asset.public_code])), row)
        for row in rows
    ]
    skipped = int(skip) if skip.isdecimal() and len(skip) < 4 else 0
    content = labels.sheet(rows, addresses, size, request.LANGUAGE_CODE, skipped)
    return download(content, f"labels-{branch.code}.pdf", PDF)


@policy.allow(ASSETS)
def point_labels(request: Any) -> HttpResponse:
    """Labels of the points that patrols scan, as PDF."""
    branch = branch_here(request)
    found = checklists.points(branch, branch.date_at(clock.now()))
    if not found:
        messages.error(request, _("No round here asks for the label of a point."))
        return redirect("onsite:assets-walks")
    base = request.build_absolute_uri(reverse("primitives:rounds-app"))
    size = labels.SIZES.get(request.GET.get("size", ""), labels.SIZES["large"])
    content = labels.point_sheet(found, branch, base, size, request.LANGUAGE_CODE)
    return download(content, f"points-{branch.code}.pdf", PDF)


@policy.allow(ASSETS)
def excel(request: Any) -> HttpResponse:
    """The filtered list as Excel."""
    branch, now = branch_here(request), clock.now()
    rows = queries.register(scope=request.scope, branch=branch, now=now, wanted=_wanted(request))
    return download(sheets.exported(rows, request.LANGUAGE_CODE, branch, now), f"assets-{branch.code}.xlsx")


@policy.allow(ASSET_EDIT)
def template(request: Any) -> HttpResponse:
    """An empty register to fill in."""
    branch = branch_here(request)
    return download(sheets.template(request.LANGUAGE_CODE, branch, clock.now()), "assets-template.xlsx")


@policy.allow(ASSET_EDIT)
def bring_in(request: Any) -> HttpResponse:
    """Bring the register in from Excel; rows that are wrong are told with their numbers."""
    branch, result = branch_here(request), None
    if request.method == "POST":
        sent = request.FILES.get("file")
        if sent is None:
            messages.error(request, _("Choose an Excel file first."))
            return redirect("onsite:assets-import")
        try:
            result = sheets.taken(scope=request.scope, branch=branch, content=sent.read(), now=clock.now())
        except DomainError as refused:
            messages.error(request, refused.message)
            return redirect("onsite:assets-import")
        total = result.added + result.changed
        messages.success(request, ngettext("%d row taken.", "%d rows taken.", total) % total)
    return render(request, "onsite/assets_import.html", {"branch": branch, "result": result})


@policy.public(WHY)
def label(request: Any, code: str) -> HttpResponse:
    """The page behind a label: report a fault."""
    now = clock.now()
    try:
        found = public.shown(code=code, now=now)
    except NotFound as absent:
        raise Http404 from absent
    form, done, status = PublicFaultForm(request.POST or None, initial={"stamp": found.stamp}), False, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                public.report(
                    code=code, now=now, address=address_of(request), stamped=data["stamp"], text=data["text"],
                    trap=data["website"], extent=data["extent"],
                )  # fmt: skip
                done, status = True, 200
            except DomainError as refused:
                form.add_error(None, refused.message)
                status = refused.status
    context = {"found": found, "form": form, "done": done, "code": code}
    context["kind"] = found.kind.name(request.LANGUAGE_CODE) if found.kind else ""
    with timezone.override(ZoneInfo(found.asset.org_unit.time_zone)):
        return render(request, "onsite/label.html", context, status=status)
