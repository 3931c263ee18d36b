"""Pages of definitions: the catalogue, one definition, proposals and their decision, files out and in."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterpoint.foundation.api import DomainError, NotFound, OrgUnit, clock, policy
from counterpoint.primitives.content import actions, exchange, labels, loader, queries, registry
from counterpoint.primitives.content.forms import DecideForm, ImportForm
from counterpoint.primitives.content.models import ContentVersion
from counterpoint.primitives.content.queries import Listed
from counterpoint.primitives.content.registry import ContentError
from counterpoint.primitives.content.verbs import DECIDE, PROPOSE, VERIFY, VIEW
from counterpoint.ui.pages import download

LARGEST = 5_000_000
State = ContentVersion.State
STATES = (State.PROPOSED, State.APPROVED, State.REJECTED, State.WITHDRAWN)


def bank_of() -> OrgUnit | None:
    """The headquarters that the caller acts for; None for people of a branch."""
    return OrgUnit.objects.filter(kind=OrgUnit.Kind.HEADQUARTERS).order_by("path").first()


def today_of(request: Any) -> date:
    """The date at the caller's place."""
    place = bank_of() or request.branch
    now = clock.now()
    return place.date_at(now) if place else now.date()


def number_of(request: Any) -> int | None:
    """The version asked for with `?version=`; 404 on one that no definition has."""
    text = request.GET.get("version", "")
    if text and not (text.isdecimal() and len(text) < 10):
        raise Http404
    return int(text) if text else None


@policy.allow(VIEW)
def catalogue(request: Any) -> HttpResponse:
    """Every definition by room and kind, with what a search leaves of them."""
    found = queries.catalogue(scope=request.scope, on=today_of(request), language=request.LANGUAGE_CODE)
    words, mark = request.GET.get("q", "").strip().lower(), request.GET.get("mark", "")
    kind = request.GET.get("kind", "")
    shown = [one for one in found if _fits(one, words) and _marked(one, mark) and kind in ("", one.kind.name)]
    context = {
        "rooms": _grouped(shown),
        "count": len(shown),
        "total": len(found),
        "unconfirmed": sum(1 for one in found if not one.item.may_stop),
        "kinds": sorted({(one.kind.name, one.title) for one in found}, key=lambda pair: pair[1]),
        "kind": kind,
        "mark": mark,
        "waiting": queries.counts(scope=request.scope).get(State.PROPOSED, 0),
        "may_propose": request.scope.may(PROPOSE),
    }
    return render(request, "primitives/content/catalogue.html", context)


def _fits(one: Listed, words: str) -> bool:
    text = f"{one.name} {one.item.key} {one.title} {one.item.source}".lower()
    return all(word in text for word in words.split())


def _marked(one: Listed, mark: str) -> bool:
    return {"": True, "open": not one.item.may_stop, "waiting": one.waiting, "verified": one.item.may_stop}.get(
        mark, True
    )


def _grouped(found: list[Listed]) -> list[tuple[str, list[tuple[Any, list[Listed]]]]]:
    rooms: dict[str, dict[str, list[Listed]]] = {}
    for one in found:
        rooms.setdefault(one.room, {}).setdefault(one.kind.name, []).append(one)
    return [
        (labels.room_name(room), [(held[0].kind, held) for held in kinds.values()]) for room, kinds in rooms.items()
    ]


@policy.allow(VIEW)
def definition(request: Any, kind: str, key: str) -> HttpResponse:
    """One definition: what it says, its worked examples, its versions, and who refers to whom."""
    today = today_of(request)
    try:
        found = queries.definition(
            scope=request.scope, kind=kind, key=key, pack=request.GET.get("pack", loader.ANY), on=today,
            language=request.LANGUAGE_CODE, number=number_of(request),
        )  # fmt: skip
    except NotFound:
        raise Http404 from None
    context = {
        "found": found,
        "today": today,
        "room": labels.room_name(queries.room_of(found.kind, found.item)),
        "text": loader.shown_text(found.item),
        "may_propose": request.scope.may(PROPOSE),
        "has_schema": bool(found.kind.type),
    }
    return render(request, "primitives/content/definition.html", context)


@policy.allow(VIEW)
def schema(_request: Any, kind: str) -> HttpResponse:
    """The JSON schema of a kind, for people who write files."""
    try:
        found = registry.kind_of(kind).schema()
    except ContentError:
        raise Http404 from None
    return JsonResponse(found, json_dumps_params={"ensure_ascii": False, "indent": 2})


@policy.allow(PROPOSE)
def proposals(request: Any) -> HttpResponse:
    """What waits for a decision, and what was decided."""
    state = request.GET.get("state", State.PROPOSED)
    if state not in STATES:
        raise Http404
    found = queries.proposals(scope=request.scope, state=state, language=request.LANGUAGE_CODE)
    counts = queries.counts(scope=request.scope)
    names = _state_names()
    tabs = [(one, names[one], f"?state={one}", counts.get(one, 0)) for one in STATES]
    return render(request, "primitives/content/proposals.html", {"found": found, "state": state, "tabs": tabs})


def _state_names() -> dict[str, str]:
    return {
        State.PROPOSED: _("Waiting for a decision"),
        State.APPROVED: _("Approved"),
        State.REJECTED: _("Rejected"),
        State.WITHDRAWN: _("Withdrawn"),
    }


@policy.allow(PROPOSE)
def proposal(request: Any, proposal_id: UUID, bad: DecideForm | None = None) -> HttpResponse:
    """One proposal: what differs, what it would change, and the decision."""
    today = today_of(request)
    try:
        found = queries.proposal(scope=request.scope, proposal=proposal_id, today=today, language=request.LANGUAGE_CODE)
    except NotFound:
        raise Http404 from None
    row, scope = found.row, request.scope
    own = row.proposed_by == scope.actor
    waits = row.state == State.PROPOSED
    context = {
        "found": found,
        "state_name": _state_names()[row.state],
        "form": bad or DecideForm(),
        "own": own and waits,
        "may_decide": waits and not own and scope.may(DECIDE, row.org_path),
        "may_approve": row.mark != "V" or scope.may(VERIFY, row.org_path),
        "may_withdraw": (waits or (row.state == State.APPROVED and row.effective_from > today))
        and scope.may(PROPOSE, row.org_path),
    }
    return render(request, "primitives/content/proposal.html", context, status=422 if bad else 200)


@policy.allow(PROPOSE)
@require_POST
def decide(request: Any, proposal_id: UUID) -> HttpResponse:
    """Approve, reject or withdraw."""
    form = DecideForm(request.POST)
    form.is_valid()
    reason, what = form.cleaned_data.get("reason", ""), request.POST.get("decision", "")
    more: dict[str, Any] = {"scope": request.scope, "proposal": proposal_id, "now": clock.now()}
    try:
        if what == "approve":
            actions.content_approve(**more)
        elif what == "reject":
            actions.content_reject(**more, reason=reason)
        elif what == "withdraw":
            actions.content_withdraw(**more, reason=reason)
        else:
            raise Http404
    except NotFound:
        raise Http404 from None
    except DomainError as refused:
        form.add_error("reason" if refused.details.get("field") == "reason" else None, refused.message)
        return proposal(request, proposal_id, form)
    done = {"approve": _("The version is approved."), "reject": _("The proposal is rejected.")}
    messages.success(request, done.get(what, _("It is withdrawn.")))
    return redirect("primitives:content-proposal", proposal_id=proposal_id)


@policy.allow(VIEW)
def export(request: Any) -> HttpResponse:
    """All definitions as a zip of YAML, or `?kind=` alone."""
    wanted = request.GET.get("kind", "")
    try:
        files = exchange.export_files((registry.kind_of(wanted).name,) if wanted else ())
    except ContentError:
        raise Http404 from None
    return download(exchange.zipped(files), f"content-{today_of(request):%Y-%m-%d}.zip", "application/zip")


@policy.allow(VIEW)
def export_one(_request: Any, kind: str, key: str) -> HttpResponse:
    """Every version of one definition as YAML."""
    try:
        files = exchange.export_files((registry.kind_of(kind).name,))
    except ContentError:
        raise Http404 from None
    text = files.get(f"{kind}/{key}.yaml")
    if text is None:
        raise Http404
    return download(text.encode(), exchange.single_name(kind, key), "text/yaml; charset=utf-8")


@policy.allow(PROPOSE)
def import_(request: Any) -> HttpResponse:
    """Read files, say what they would change, and propose it when asked and nothing is wrong."""
    form, report, bank = ImportForm(request.POST or None, request.FILES or None), None, bank_of()
    if bank is None:
        raise Http404
    if request.method == "POST" and form.is_valid():
        sent, why = form.cleaned_data["file"], form.cleaned_data["why"]
        try:
            if sent.size > LARGEST:
                raise exchange.ExchangeFault(_("The file is larger than %(most)d MB.") % {"most": LARGEST // 1_000_000})
            report = exchange.read(
                exchange.unpacked(sent.name, sent.read()), today=today_of(request), why=why, bank=bank.path
            )
            if request.POST.get("do") == "propose":
                made = _propose(request, form, report, bank)
                if made is not None:
                    return made
        except exchange.ExchangeFault as wrong:
            form.add_error("file", str(wrong))
    status = 422 if form.errors else 200
    return render(request, "primitives/content/import.html", {"form": form, "report": report}, status=status)


def _propose(request: Any, form: ImportForm, report: exchange.Report, bank: OrgUnit) -> HttpResponse | None:
    """Propose what the report found; None when it may not be."""
    if report.problems or not report.wishes:
        form.add_error(None, _("Nothing was proposed: mend what is wrong first, or send something that differs."))
        return None
    try:
        made = exchange.propose_all(scope=request.scope, org_unit=bank, report=report, now=clock.now())
    except DomainError as refused:
        form.add_error("why" if refused.details.get("field") == "why" else None, refused.message)
        return None
    messages.success(request, _("%(count)d proposals wait for a decision.") % {"count": len(made)})
    return redirect("primitives:content-proposals")
