"""Pages of certificates: the own ones with what is missing, one of them, the team's, awarding, paper and badge."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from counterpoint.academy.catalogue.reading import shelf
from counterpoint.academy.certificates import actions, permitting, printing, queries, shown
from counterpoint.academy.certificates.public_views import origin_of
from counterpoint.academy.learning.queries import CHANGED, standings
from counterpoint.academy.models.certificates import REVOKED, VALID
from counterpoint.academy.rules import awarding
from counterpoint.academy.rules.words import tell
from counterpoint.academy.verbs import AWARD, LEARN, REVOKE, TEAM
from counterpoint.foundation.api import NotFound, clock, colleagues, policy
from counterpoint.ui.pages import PDF, branch_here, done, download, place_here

JWT = "application/vc+jwt"


def _own_or_404(request: Any, certificate_id: UUID, read: Any) -> Any:
    try:
        return read(request.scope, certificate_id)
    except NotFound as absent:
        raise Http404 from absent


@policy.allow(LEARN)
def certificates(request: Any) -> HttpResponse:
    """The own certificates, what ends, and what is missing for the next one, line by line."""
    unit, now = place_here(request, LEARN), clock.now()
    held = shelf(unit, unit.date_at(now))
    rows = [shown.summary(one, held) for one in queries.mine(request.scope, unit, now)]
    context = {
        "held": [one for one in rows if one["valid"]], "others": [one for one in rows if not one["valid"]],
        "any": bool(queries.certificates_at(unit, held.on)), "asked": permitting.own(request.scope, unit, held.on),
    }  # fmt: skip
    return render(request, "academy/certificates.html", context)


@policy.allow(LEARN)
def certificate(request: Any, certificate_id: UUID) -> HttpResponse:
    """One certificate: how long, on what evidence, badge and paper; to its holder the way to renew it; to whoever may,
    a form to revoke it."""
    row = _own_or_404(request, certificate_id, queries.readable)
    now, own = clock.now(), row.user_id == request.scope.actor
    held = shelf(row.org_unit, row.org_unit.date_at(now))
    item = queries.item_of(row)
    words, level = shown.states(row.state)
    context = {
        "row": row, "name": tell(item.value.names), "about": tell(item.value.about), "state": words, "level": level,
        "own": own, "skills": shown.skills(item.value.skills), "proofs": _proofs(row, held),
        "address": request.build_absolute_uri(reverse("certificate:page", args=[row.public_code])),
        "may_revoke": not own and row.state != REVOKED and request.scope.may(REVOKE, row.org_path),
        "left": shown.left((row.until - held.on).days) if row.state == VALID else "",
    }  # fmt: skip
    if own and queries.held_by(request.scope, [row.user_id])[row.user_id][row.key].pk == row.pk:
        context |= _renewing(request, row, held)
    return render(request, "academy/certificate.html", context)


def _renewing(request: Any, row: Any, held: Any) -> dict[str, Any]:
    """The way to renew: what of the taught rules has changed since, and what the next award asks for."""
    item = queries.certificates_at(row.org_unit, held.on).get(row.key)
    if item is None or row.state == REVOKED:
        return {}
    found = queries.judged(
        scope=request.scope, unit=row.org_unit, user=row.user_id, item=item, held=held, newest=row
    )  # fmt: skip
    lessons = [key for key in queries.lessons_asked(item, held) if key in held.lessons]
    stands = standings(request.scope, held, lessons)
    changed = [(key, tell(held.lessons[key].value.names)) for key in lessons if stands[key].state == CHANGED]
    return {"next": shown.summary(found, held), "changed": changed}


def _proofs(row: Any, held: Any) -> list[dict[str, Any]]:
    kinds = {awarding.LESSONS: _("Lesson"), awarding.EXAM: _("Exam"), awarding.SCENARIOS: _("Drill"),
             awarding.SHADOW: _("Shadow licence"), awarding.CONFIRMED: _("Confirmed at work")}  # fmt: skip
    return [
        {"kind": kinds.get(one["source"], one["source"]), "on": one["on"], "digest": one["digest"][:12],
         "name": tell(held.lessons[one["key"]].value.names) if one["key"] in held.lessons else ""}
        for one in row.evidence
    ]  # fmt: skip


@policy.allow(TEAM)
def team(request: Any) -> HttpResponse:
    """Who of the branch holds which certificate until when."""
    branch, now = branch_here(request), clock.now()
    if not request.scope.may(TEAM, branch.path):
        raise Http404
    items, rows = queries.matrix(scope=request.scope, unit=branch, now=now)
    on = branch.date_at(now)
    people = [(row, [_cell(row, key, item, on) for key, item in items.items()]) for row in rows]
    context = {
        "branch": branch, "columns": [tell(item.value.names) for item in items.values()],
        "rows": [(row.person, cells) for row, cells in people], "may_award": request.scope.may(AWARD, branch.path),
        "choices": [(key, tell(item.value.names)) for key, item in items.items()],
        "people": [(row.person.id, row.person.name) for row in rows if row.person.id != request.scope.actor],
        "asked": _asked(branch, [row.person for row in rows], on),
    }  # fmt: skip
    return render(request, "academy/certificate_team.html", context)


def _asked(branch: Any, people: Any, on: Any) -> list[tuple[str, str, str, str, bool]]:
    """Of the team (who, what, certificate, how it stands, withheld): rights whose certificate is missing or ends soon;
    what is withheld comes first."""
    names = {one.id: one.name for one in people}
    roles = {one.id: one.roles for one in people}
    found = permitting.needs(unit=branch, people=roles, on=on)
    rows = [
        (names[who], tell(one.body.names), one.name, permitting.told(one.state, own=False), one.state.withheld)
        for who, some in found.items()
        for one in some
    ]
    return sorted(rows, key=lambda row: (not row[4], row[0]))


def _cell(row: queries.Row, key: str, item: Any, on: Any) -> dict[str, Any]:
    held, meant = row.cells.get(key), bool(set(row.person.roles) & set(item.value.posts))
    name = tell(item.value.names)
    if held is None:
        return {"name": name, "words": _("not held yet") if meant else "", "level": "calm", "row": None}
    words, level = shown.states(held.state)
    days = (held.until - on).days
    if held.state == VALID:
        words = held.until.isoformat()
        level = (
            "act" if days <= item.value.remind_days[-1] else "watch" if days <= item.value.remind_days[0] else "fine"
        )
    return {"name": name, "words": words, "level": level, "row": held}


@policy.allow(AWARD)
@require_safe
def award(request: Any) -> HttpResponse:
    """What one person has of one certificate, line by line; the second person confirms and awards."""
    branch, now = branch_here(request), clock.now()
    if not request.scope.may(AWARD, branch.path):
        raise Http404
    held = shelf(branch, branch.date_at(now))
    item = queries.certificates_at(branch, held.on).get(request.GET.get("certificate", ""))
    people = {str(one.id): one for one in colleagues(scope=request.scope, org_unit=branch, on=held.on)}
    person = people.get(request.GET.get("person", ""))
    if item is None or person is None:
        raise Http404
    newest = queries.held_by(request.scope, [person.id]).get(person.id, {}).get(item.key)
    found = queries.judged(scope=request.scope, unit=branch, user=person.id, item=item, held=held, newest=newest)
    told = shown.summary(found, held)
    early = found.valid and not told["renewable"]
    context = {
        **told, "person": person, "branch": branch, "own": person.id == request.scope.actor, "early": early,
        "ready": not found.verdict.to_do and not early and person.id != request.scope.actor,
    }  # fmt: skip
    return render(request, "academy/certificate_award.html", context)


@policy.allow(AWARD)
@require_POST
def award_do(request: Any) -> HttpResponse:
    """Award or renew."""
    branch = branch_here(request)
    try:
        person = UUID(request.POST.get("person", ""))
    except ValueError:
        raise Http404 from None
    return done(
        request,
        lambda: actions.certificate_award(
            scope=request.scope, unit=branch, user=person, certificate=request.POST.get("certificate", ""),
            confirmed=frozenset(request.POST.getlist("confirmed")), origin=origin_of(request), now=clock.now(),
        ),
        _("Awarded. The roster counts on it from now on."), "academy:certificate-team",
    )  # fmt: skip


@policy.allow(REVOKE)
@require_POST
def revoke(request: Any, certificate_id: UUID) -> HttpResponse:
    """End a certificate with a reason."""
    _own_or_404(request, certificate_id, queries.readable)
    return done(
        request,
        lambda: actions.certificate_revoke(
            scope=request.scope, certificate=certificate_id, reason=request.POST.get("reason", ""), now=clock.now()
        ),
        _("Revoked. Badge and roster know it at once."), "academy:certificate", certificate_id=certificate_id,
    )  # fmt: skip


@policy.allow(LEARN)
@require_POST
def name(request: Any, certificate_id: UUID) -> HttpResponse:
    """Let the public page say the own initials, or no longer."""
    return done(
        request,
        lambda: actions.show_name(
            scope=request.scope, certificate=certificate_id, shown=request.POST.get("shown") == "1", now=clock.now()
        ),
        _("Saved."), "academy:certificate", certificate_id=certificate_id,
    )  # fmt: skip


@policy.allow(LEARN)
def badge(request: Any, certificate_id: UUID) -> HttpResponse:
    """The signed badge, as its holder hands it on."""
    row = _own_or_404(request, certificate_id, queries.own)
    return download(row.badge.encode(), f"badge-{row.public_code}.jwt", JWT)


@policy.allow(LEARN)
def paper(request: Any, certificate_id: UUID) -> HttpResponse:
    """The certificate on paper, with the code that leads to its page."""
    row = _own_or_404(request, certificate_id, queries.readable)
    if row.state == REVOKED:
        return redirect("academy:certificate", certificate_id=row.pk)
    address = request.build_absolute_uri(reverse("certificate:page", args=[row.public_code]))
    return download(printing.pdf(row, address), f"certificate-{row.public_code}.pdf", PDF, inline=True)
