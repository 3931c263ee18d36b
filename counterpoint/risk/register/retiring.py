"""A risk leaves the register with a reason and after a second look: a case of its own, closed by somebody else.

Whichever way the case is closed (the risk's page, the case's page), the listener takes the risk out; its history stays.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from counterpoint.foundation.api import Invalid, Scope, journal, scoped, system_scope
from counterpoint.primitives.cases import (
    CaseFilter,
    CaseView,
    WrongStage,
    case_close,
    case_drop,
    case_open,
    case_resolve,
    case_verify,
    cases,
    register_listener,
)
from counterpoint.risk.models import Risk
from counterpoint.risk.register.actions import EDIT, the_risk

TYPE = "risk.retirement"
VERIFY = f"{TYPE}.verify"
SHORTEST = 10
HOUSE = tuple(f"{TYPE}.{what}" for what in ("view", "handle", "manage"))


def house(path: str) -> Scope:
    """The scope in which a looked-at request is brought to its end."""
    return system_scope(HOUSE, (path,), label="risk register")


def waiting(*, scope: Scope, risk: Risk, now: datetime) -> CaseView | None:
    """The request that waits for its second look."""
    asked = CaseFilter(type=TYPE, stage="unfinished", source=_source(risk), size=1)
    return next(iter(cases(scope=scope, filters=asked, now=now).rows), None)


def _source(risk: Risk) -> str:
    return f"risk.risk:{risk.pk}"


@transaction.atomic
def risk_retire_ask(*, scope: Scope, now: datetime, risk: UUID, reason: str, key: str = "") -> CaseView:
    """Ask that a risk which the branch does not have leaves the register. It stays until somebody else has looked."""
    with scoped(scope):
        row = the_risk(scope, risk, lock=True)
        scope.require(EDIT, row.org_path)
        if len(reason.strip()) < SHORTEST:
            raise Invalid(_("Say why this branch does not have the risk: somebody else decides by it."), field="reason")
        if row.retired_at is not None:
            raise WrongStage(_("This risk is out of the register already."))
        if (held := waiting(scope=scope, risk=row, now=now)) is not None:
            return held
        view = case_open(
            scope=scope, org_unit=row.org_unit, type=TYPE, now=now, title=_("Take a risk out of the register"),
            text=reason, fields={"risk": row.key, "reason": reason.strip()}, source=_source(row), key=key,
        )  # fmt: skip
        return case_resolve(scope=scope, case=view.id, now=now)


@transaction.atomic
def risk_retire_decide(*, scope: Scope, now: datetime, risk: UUID, agreed: bool, reason: str = "") -> CaseView:
    """The second look, by somebody else than who asked: out of the register, or it stays, with a reason."""
    with scoped(scope):
        row = the_risk(scope, risk, lock=True)
        view = waiting(scope=scope, risk=row, now=now)
        if view is None:
            raise WrongStage(_("Nobody asked to take this risk out."))
        case_verify(scope=scope, case=view.id, passed=agreed, now=now, text=reason)
        if agreed:
            return case_close(scope=house(row.org_path), case=view.id, now=now)
        return case_drop(scope=house(row.org_path), case=view.id, reason=reason or _("It stays."), now=now)


def _follow(kind: str, view: CaseView, now: datetime) -> None:
    """A closed request takes its risk out, once."""
    if view.type != TYPE or kind != "closed":
        return
    with scoped(system_scope((), label="risk register")):
        key = view.source.removeprefix("risk.risk:")
        row = Risk.objects.select_for_update(of=("self",)).select_related("org_unit").filter(pk=key).first()
        if row is None or row.retired_at is not None:
            return
        row.retired_at = now
        row.save()
        journal.record(
            scope=None, org_unit=row.org_unit, kind="risk.retired", subject=str(row.pk), at=now,
            data={"risk": row.key, "case": str(view.id)},
        )  # fmt: skip


register_listener(_follow)
