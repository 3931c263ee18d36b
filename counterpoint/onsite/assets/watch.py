"""The tick over the register: what falls due becomes a case once, and a graver one once the date has passed."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from counterpoint.foundation.api import scope as scopes
from counterpoint.foundation.api import scoped, system_scope, tick
from counterpoint.onsite.assets import rules
from counterpoint.onsite.assets.actions import plan
from counterpoint.onsite.assets.kinds import asset_kinds
from counterpoint.onsite.entry import Call
from counterpoint.onsite.models import Asset
from counterpoint.onsite.verbs import ASSET_EDIT, MEND_HANDLE, MEND_MANAGE, MEND_OPEN, MEND_VIEW, RECTIFICATION
from counterpoint.primitives import cases

BATCH = 200
SOON_LEVEL, LATE_LEVEL = "planned", "four_hours"
TITLES = {
    (rules.SERVICE, rules.SOON): _("%(name)s: service due on %(on)s"),
    (rules.SERVICE, rules.LATE): _("%(name)s: service overdue since %(on)s"),
    (rules.SCRAP, rules.SOON): _("%(name)s: to be scrapped by %(on)s"),
    (rules.SCRAP, rules.LATE): _("%(name)s: past its scrap date %(on)s"),
    (rules.EXPIRY, rules.SOON): _("%(name)s: valid until %(on)s"),
    (rules.EXPIRY, rules.LATE): _("%(name)s: expired on %(on)s"),
}


@tick.every("onsite.assets", 60, atomic=False, practice=True)
def look(now: datetime) -> int:
    """Take every step that is due; each in a transaction of its own. Returns how many."""
    with scoped(system_scope((ASSET_EDIT,), label="tick")):
        found = list(Asset.objects.filter(next_due_at__lte=now).values_list("pk", "org_path")[:BATCH])
    return tick.each("step of an asset not taken", found, lambda one: _step(one[0], one[1], now))


def _step(pk: object, path: str, now: datetime) -> bool:
    """One step of one asset, under its row's lock: whoever comes second finds it taken."""
    scope = system_scope((ASSET_EDIT, MEND_OPEN, MEND_VIEW, MEND_HANDLE, MEND_MANAGE), (path,), label="tick")
    with scoped(scope), transaction.atomic():
        row = (
            Asset.objects.select_for_update(of=("self",)).select_related("device", "org_unit")
            .filter(pk=pk, next_due_at__lte=now, device__retired_at=None).first()
        )  # fmt: skip
        return row is not None and _told(Call(scope, row.org_unit, now), row)


def _told(call: Call, row: Asset) -> bool:
    kind = asset_kinds(call.on, call.branch.rule_pack).get(row.device.kind)
    if kind is None or row.due_on is None:
        row.next_due_at = None
        row.save(update_fields=["next_due_at", "org_path"])
        return False
    due = rules.Due(row.due_on, row.due_why)
    step = rules.LATE if due.on < call.on else rules.SOON
    row.due_case = _case(call, row, due, step)
    row.told = f"{due.on.isoformat()}:{step}"
    plan(row, kind, call.branch)
    row.save()
    call.note(
        "onsite.asset_due", row.pk, device=row.device.code, due=due.on.isoformat(), why=due.why, step=step,
        case=str(row.due_case),
    )  # fmt: skip
    return True


def _case(call: Call, row: Asset, due: rules.Due, step: str) -> UUID:
    """The case of this date: opened at the warning, graver from the day after the date."""
    level = LATE_LEVEL if step == rules.LATE else SOON_LEVEL
    opened = cases.case_open(
        scope=scopes.current(), org_unit=call.branch, type=RECTIFICATION, now=call.now, level=level,
        title=title(row, due, step), source=f"onsite.asset:{row.pk}", key=f"due:{row.pk}:{due.why}:{due.on}",
    )  # fmt: skip
    if step == rules.LATE and opened.level == SOON_LEVEL and opened.stage_kind in ("open", "doing"):
        cases.case_level(
            scope=scopes.current(), case=opened.id, level=LATE_LEVEL, reason=title(row, due, step), now=call.now
        )
    return opened.id


def title(row: Asset, due: rules.Due, step: str) -> str:
    """What is due, in words."""
    return str(TITLES[due.why, step]) % {"name": row.device.name, "on": due.on.isoformat()}
