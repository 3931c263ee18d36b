"""Incidents: reported in under a minute, handled as cases, and evidence for the risks that they belong to.

Whichever way an incident comes in (form, API, a failed check), the same listener keeps the evidence in step with the
case: its level is the weight, dropping it takes the evidence back, and it follows the risks that its field names.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from counterpoint.foundation.api import Invalid, OrgUnit, Scope, scoped, system_scope
from counterpoint.primitives.cases import CaseView, case, case_fields, case_open, register_listener
from counterpoint.risk.models import Risk, RiskEvidence
from counterpoint.risk.register import assessing, kinds
from counterpoint.risk.register.assessing import New
from counterpoint.risk.rules.residual import INCIDENT

TYPE = "risk.incident"
VIEW, OPEN, HANDLE = "risk.incident.view", "risk.incident.open", "risk.incident.handle"


def house() -> Scope:
    """The scope of the house's own work: the bank, or the practice world that it works for."""
    return system_scope((), label="risk register")


def incident_report(
    *, scope: Scope, now: datetime, branch: OrgUnit, kind: str, title: str, level: str = "near_miss", error: str = "",
    text: str = "", amount: float | None = None, risks: tuple[str, ...] = (), received_at: datetime | None = None,
    key: str = "",
) -> CaseView:  # fmt: skip
    """Report something that went wrong, or nearly did. A human error says which; `risks` are content keys, without them
    the risks that this kind of error belongs to. Raises `Invalid`."""
    if kind == "human" and not error:
        raise Invalid(_("Say which kind of error it was."), field="error")
    fields = {"kind": kind, "error": error, "amount": amount, "risks": " ".join(risks)}
    return case_open(
        scope=scope, org_unit=branch, type=TYPE, now=now, title=title, level=level, text=text,
        fields={name: value for name, value in fields.items() if value not in ("", None)}, received_at=received_at,
        key=key,
    )  # fmt: skip


@transaction.atomic
def incident_link(*, scope: Scope, now: datetime, incident: UUID, risks: tuple[str, ...]) -> CaseView:
    """Say which risks an incident belongs to; the evidence follows. `Invalid` for what is not in the register."""
    with scoped(scope):
        branch = OrgUnit.objects.get(code=case(scope=scope, case=incident, now=now).case.branch)
        known = set(Risk.objects.filter(org_unit=branch, retired_at=None).values_list("key", flat=True))
    if strange := set(risks) - known:
        raise Invalid(_("There is no such risk here: %(key)s.") % {"key": " ".join(sorted(strange))}, field="risks")
    return case_fields(scope=scope, case=incident, fields={"risks": " ".join(risks) or "-"}, now=now)


def risks_of(view: CaseView, rows: list[Risk]) -> list[Risk]:
    """The risks an incident belongs to: those it names, else those whose errors or category fit."""
    named = str(view.fields.get("risks") or "").split()
    if named:
        return [row for row in rows if row.key in named]
    error = view.fields.get("error")
    return [row for row in rows if error and error in assessing.body_of(row).errors]


def _sync(kind: str, view: CaseView, now: datetime) -> None:
    """Keep evidence and case in step; one journal entry when something changed."""
    if view.type != TYPE or kind in ("commented", "watched", "accepted", "assigned", "milestone"):
        return
    source = f"case:{view.id}"
    with scoped(house()), transaction.atomic():
        branch = OrgUnit.objects.get(code=view.branch)
        rows = list(
            Risk.objects.select_for_update(of=("self",)).select_related("org_unit")
            .filter(org_unit=branch, retired_at=None).order_by("key")
        )  # fmt: skip
        wanted = [] if view.stage_kind == "dropped" else risks_of(view, rows)
        held = set(RiskEvidence.objects.filter(source=source, retracted_at=None).values_list("risk", flat=True))
        weights = kinds.scale(branch, now).weights
        came, moved, touched = 0, 0, []
        for row in rows:
            if row in wanted:
                new = New(INCIDENT, float(getattr(weights, view.level)), view.opened_at, source)
                changed, cause = assessing.add(row, [new]), "incident"
            elif row.pk in held:
                changed, cause = assessing.retract(row, source, now), "retracted"
            else:
                continue
            if changed:
                came += len(changed)
                moved += assessing.assess(row, now, cause, source) is not None
                touched.append(row)
        assessing.told(None, branch, str(view.id), now, touched, came, moved)


register_listener(_sync)
