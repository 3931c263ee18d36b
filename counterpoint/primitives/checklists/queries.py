"""Reads of rounds, always inside the caller's scope; rows as values, not querysets."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Max, Q, QuerySet

from counterpoint.foundation.api import NotFound, OrgUnit, Scope, User, devices, scoped
from counterpoint.primitives.checklists import catalogue, proof, scoring
from counterpoint.primitives.checklists.actions import assets_of, score_of
from counterpoint.primitives.checklists.calling import HELD, QUARANTINED, id_of, round_of
from counterpoint.primitives.checklists.definition import Checklist
from counterpoint.primitives.checklists.models import Answer, AnswerEntry, Evidence, Round, SyncItem
from counterpoint.primitives.checklists.places import Placed
from counterpoint.primitives.checklists.scheduling import LEAD
from counterpoint.primitives.checklists.values import RoundView, view
from counterpoint.primitives.checklists.verbs import VIEW
from counterpoint.ui import reader

OVERDUE_SHOWN = timedelta(days=7)


@dataclass(frozen=True)
class RoundFilter:
    """What the reader asked for; empty means everything."""

    checklist: str = ""
    state: str = ""
    verdict: str = ""  # passed, failed, late
    asset: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class DueRound:
    """A round on the list: what, for whom, by when, how far."""

    view: RoundView
    definition: Checklist
    branch: str
    assignee: str
    answered: int
    late: bool
    assigned: UUID | None = None


@dataclass(frozen=True)
class Line:
    """An item in a round: the answer that counts, its verdict, pictures, who did it, what else was answered, how far a
    place is from where it should be, and how the answer was captured."""

    slug: str
    value: Any
    verdict: str
    warn_days: int | None
    entry: str
    done_at: datetime | None
    done_by: str
    contested: bool
    lacks_file: bool = False
    asset: str = ""
    asks_which: bool = False
    evidence: tuple[Evidence, ...] = ()
    history: tuple[AnswerEntry, ...] = ()
    place: Placed | None = None
    captured: proof.Captured = proof.NOTHING


@dataclass(frozen=True)
class Detail:
    """A whole round; `notes` are answers that came after it was handed in and were taken over into its record;
    `machines` are (code, name) by kind where somebody is to say which one."""

    row: Round
    view: RoundView
    definition: Checklist
    lines: dict[str, Line]
    score: scoring.Score
    people: dict[UUID, str] = field(default_factory=dict)
    notes: tuple[dict[str, Any], ...] = ()
    machines: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)


def rounds_due(*, scope: Scope, org_unit: OrgUnit, now: datetime) -> list[DueRound]:
    """Rounds to do at a branch: scheduled ones of today, overdue ones of the last week, and begun ones, by due time;
    without those of machines that were taken out of use before anybody began."""
    scope.require(VIEW, org_unit.path)
    on = org_unit.date_at(now)
    with scoped(scope):
        rows = (
            Round.objects.filter(org_unit=org_unit, business_date__gte=on - OVERDUE_SHOWN)
            .filter(business_date__lte=on + timedelta(days=max(LEAD.values())))
            .exclude(state=Round.State.SUBMITTED)
            .select_related("org_unit", "assignee")
        )
        machines = assets_of(scope, org_unit) if any(row.asset for row in rows) else {}
        codes = {"", *(code for kind in machines.values() for code in kind)}
        wanted = [row for row in rows if row.state == Round.State.OPEN or row.asset in codes]
        return _due(sorted(wanted, key=lambda r: (r.due_at is None, r.due_at or now, str(r.pk))), now)


def _due(rows: list[Round], now: datetime) -> list[DueRound]:
    done: dict[UUID, int] = {}
    for key in Answer.objects.filter(round__in=rows).exclude(done_at=None).values_list("round", flat=True):
        done[key] = done.get(key, 0) + 1
    return [
        DueRound(
            view(row), catalogue.told(row), row.org_unit.name,
            row.assignee.name if row.assignee else "", done.get(row.pk, 0), bool(row.due_at and row.due_at <= now),
            row.assignee_id,
        )
        for row in rows
    ]  # fmt: skip


def rounds(*, scope: Scope, filters: RoundFilter, org_unit: OrgUnit | None = None) -> "QuerySet[Round]":
    """Rounds that the caller may see, newest first; a page slices them inside the caller's scope."""
    with scoped(scope):
        rows = Round.objects.filter(org_path__within=scope.grants.get(VIEW, ())).select_related("org_unit", "assignee")
        for name, value in (
            ("org_unit", org_unit), ("checklist", filters.checklist), ("state", filters.state),
            ("asset", filters.asset), ("business_date__gte", filters.since), ("business_date__lte", filters.until),
        ):  # fmt: skip
            if value:
                rows = rows.filter(**{name: value})
        verdicts = {
            "passed": Q(passed=True), "failed": Q(passed=False), "late": Q(late_at__isnull=False),
        }  # fmt: skip
        if filters.verdict in verdicts:
            rows = rows.filter(verdicts[filters.verdict])
        return rows.order_by("-business_date", "-id")


def trend(*, scope: Scope, org_unit: OrgUnit, checklist: str, most: int = 60) -> list[tuple[date, float]]:
    """Date and score of the branch's last submitted rounds of a checklist, oldest first."""
    with scoped(scope):
        rows = Round.objects.filter(org_unit=org_unit, checklist=checklist, percent__isnull=False)
        found = rows.order_by("-business_date", "-id").values_list("business_date", "percent")[:most]
        return list(found)[::-1]


def round_detail(*, scope: Scope, round: UUID) -> Detail:
    """A round with everything that was answered; `NotFound` outside the scope."""
    row = round_of(scope, round)
    scope.require(VIEW, row.org_path)
    checklist = catalogue.told(row)
    with scoped(scope):
        scored = score_of(scope, row, checklist)
        answers = {one.item: one for one in Answer.objects.filter(round=row)}
        entries = list(AnswerEntry.objects.filter(round=row).order_by("id"))
        evidence = list(Evidence.objects.filter(round=row).select_related("file"))
        captured = proof.captured(row, entries)
    notes = tuple(row.result.get("notes", []))
    people = names_of(
        (
            row.done_by, row.started_by, *(e.person for e in entries), *(e.confirmed_by for e in evidence),
            *(id_of(one[who]) for one in notes for who in ("person", "by")),
        )
    )  # fmt: skip
    lines, judged = {}, _judged(row)
    for one in scored.items:
        answer = answers.get(one.slug)
        verdict, place = judged.get(one.slug, (one.verdict, one.place))
        current = next((e for e in entries if answer and (e.item, e.key) == (one.slug, answer.entry)), None)
        lines[one.slug] = Line(
            one.slug, answer.value if answer else None, verdict, one.warn_days, answer.entry if answer else "",
            answer.done_at if answer else None,
            people.get(answer.done_by, "") if answer and answer.done_by else "", bool(answer and answer.contested),
            one.lacks_file, one.asset, one.asks_which,
            tuple(e for e in evidence if e.item == one.slug), tuple(e for e in entries if e.item == one.slug), place,
            captured[current.pk] if current else proof.NOTHING,
        )  # fmt: skip
    machines = machines_of(scope, row.org_unit) if any(one.asks_which for one in scored.items) else {}
    return Detail(row, view(row), checklist, lines, scored, people, notes, machines)


def machines_of(scope: Scope, org_unit: OrgUnit) -> dict[str, tuple[tuple[str, str], ...]]:
    """Code and name of the branch's machines in use, by kind."""
    found: dict[str, list[tuple[str, str]]] = {}
    for device in devices(scope=scope, branch=org_unit):
        found.setdefault(device.kind, []).append((device.code, device.name))
    return {kind: tuple(sorted(held)) for kind, held in found.items()}


def _judged(row: Round) -> dict[str, tuple[str, Placed | None]]:
    """What was decided when the round was handed in: it stands, wherever the branch and its machines are today."""
    places = row.result.get("places", {})
    return {
        slug: (verdict, Placed(**places[slug]) if slug in places else None)
        for slug, verdict in row.result.get("items", {}).items()
    }


def files_of(*, scope: Scope, round: UUID, item: str) -> list[str]:
    """Digests of the pictures of the answer that counts."""
    with scoped(scope):
        answer = Answer.objects.filter(round=round, item=item).first()
    return list(answer.files) if answer else []


def names_of(people: Iterable[UUID | None]) -> dict[UUID, str]:
    """Names of people by id."""
    return dict(User.objects.filter(pk__in=[one for one in people if one]).values_list("pk", "name"))


def evidence_of(*, scope: Scope, evidence: UUID) -> Evidence:
    """A picture; `NotFound` outside the scope."""
    from django.utils.translation import gettext as _

    with scoped(scope):
        found = Evidence.objects.select_related("file", "round").filter(pk=evidence).first()
    if found is None or not scope.may(VIEW, found.org_path):
        raise NotFound(_("There is no such photo here."))
    return found


def quarantined(*, scope: Scope, org_unit: OrgUnit, most: int = 100) -> list[SyncItem]:
    """What phones sent and what could not take effect (yet), newest first."""
    scope.require(VIEW, org_unit.path)
    with scoped(scope):
        rows = SyncItem.objects.filter(org_unit=org_unit, state__in=(HELD, QUARANTINED))
        return list(rows.order_by("-id")[:most])


def work(*, scope: Scope, org_unit: OrgUnit, now: datetime, language: str) -> dict[str, Any]:
    """All that a phone needs to work without a network: rounds with answers, checklists that may be begun, machines.

    `version` only grows: a phone keeps what it has when an older answer comes late. `handed_in` names the rounds whose
    submission waits for the rest, as the phones name them: any other round on the list is open again.
    """
    scope.require(VIEW, org_unit.path)
    due = rounds_due(scope=scope, org_unit=org_unit, now=now)
    on = org_unit.date_at(now)
    with scoped(scope):
        told = _told_rounds(due, language)
        version = max(
            SyncItem.objects.filter(org_unit=org_unit).aggregate(top=Max("id"))["top"] or 0,
            AnswerEntry.objects.filter(org_unit=org_unit).aggregate(top=Max("id"))["top"] or 0,
        )
        seq = AnswerEntry.objects.filter(org_unit=org_unit).aggregate(top=Max("seq"))["top"] or 0
        held = SyncItem.objects.filter(org_unit=org_unit, state=HELD, kind="submit").values_list("round_ref", flat=True)
        waiting = sorted(set(held))
    free = [item for item in catalogue.in_force(org_unit, on).values() if item.value.schedule is None]
    machines = machines_of(scope, org_unit)
    return {
        "server_now": now.isoformat(),
        "zone": org_unit.time_zone,
        "branch": {"code": org_unit.code, "name": org_unit.name},
        "version": version,
        "seq": seq,
        "rounds": told,
        "handed_in": waiting,
        "begin": [
            {"checklist": item.key, "version": item.version, "definition": told_definition(item.value, language)}
            for item in sorted(free, key=lambda item: item.key)
        ],
        "assets": {kind: [code for code, _name in held] for kind, held in machines.items()},
        "names": {code: name for held in machines.values() for code, name in held},
    }


def _told_rounds(due: list[DueRound], language: str) -> list[dict[str, Any]]:
    rows = {one.view.id: one for one in due}
    keys = dict(Round.objects.filter(pk__in=rows).values_list("pk", "key"))
    answers: dict[UUID, dict[str, Any]] = {key: {} for key in rows}
    for answer in Answer.objects.filter(round__in=list(rows)):
        answers[answer.round_id][answer.item] = {
            "value": answer.value, "files": answer.files, "entry": answer.entry, "seq": answer.seq,
            "contested": answer.contested,
        }  # fmt: skip
    return [
        {
            "id": str(key), "key": keys.get(key, ""), "checklist": one.view.checklist, "version": one.view.version,
            "asset": one.view.asset, "state": one.view.state, "date": one.view.business_date.isoformat(),
            "due_at": one.view.due_at.isoformat() if one.view.due_at else None, "assignee": one.assignee,
            "role": one.view.role, "answers": answers[key], "definition": told_definition(one.definition, language),
        }
        for key, one in rows.items()
    ]  # fmt: skip


def told_definition(checklist: Checklist, language: str) -> dict[str, Any]:
    """A checklist as a phone shows it, in one language."""
    return {
        "name": checklist.name(language),
        "asset_kind": checklist.asset_kind,
        "sections": [
            {
                "slug": section.slug,
                "name": section.name(language),
                "items": [
                    {
                        "slug": item.slug, "name": item.name(language), "kind": item.kind, "asset": item.asset,
                        "point": item.point,
                        "critical": item.critical, "required": item.required, "na": item.na,
                        "evidence": item.evidence, "unit": item.unit,
                        "hint": reader.said(item.hint, language), "good": list(item.good),
                        "min": item.limits.min if item.limits else None,
                        "max": item.limits.max if item.limits else None, "expires": item.expiry is not None,
                        "radius": item.radius,
                        "choices": [{"slug": c.slug, "name": c.name(language)} for c in item.choices],
                    }
                    for item in section.items
                ],
            }
            for section in checklist.sections
        ],
    }  # fmt: skip
