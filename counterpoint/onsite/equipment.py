"""Equipment on the desk: what does not work, what is past its date, which round cannot have been walked; and, above the
branches, queue machines that have fallen silent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from counterpoint.foundation.api import clock
from counterpoint.onsite.assets import queries, rules, walks
from counterpoint.onsite.queries.feeds import silent_feeds
from counterpoint.onsite.verbs import ASSETS, RECTIFICATION, VIEW
from counterpoint.primitives import cases
from counterpoint.ui.dayline import PHASES
from counterpoint.ui.panels import ABOVE, HALL, Panel, PanelBody, register
from counterpoint.ui.punctuation import listed

SHOWN = 6
A_DAY = timedelta(days=1)


def equipment(request: Any) -> PanelBody | None:
    """Machines that are down, maintenance past its date, walks of today and yesterday that nobody can have made."""
    branch, now = request.branch, clock.now()
    if not branch:
        return None
    rows = queries.register(scope=request.scope, branch=branch, now=now)
    down = [row for row in rows if row.state in rules.DOWN]
    late = [row for row in rows if row.due_state == rules.LATE and row.state != rules.RETIRED]
    found = walks.proofs(scope=request.scope, branch=branch, now=now, language=request.LANGUAGE_CODE, back=A_DAY)
    strange = [one for one in found if one.level == "act"]
    if not (down or late or strange):
        return None
    lines = [
        *((*_named(row), _("out of order"), "watch") for row in down),
        *((*_named(row), _since(row), "act") for row in late),
        *((one.checklist, reverse("onsite:assets-walks"), _("not walked in this time"), "act") for one in strange),
    ]  # fmt: skip
    lines.sort(key=lambda line: line[3] != "act")
    context = {"lines": lines[:SHOWN], "more": max(0, len(lines) - SHOWN)}
    level = "act" if late or strange else "watch"
    return PanelBody("ui/parts/lines.html", context, level, _headline(len(down), len(late), len(strange)))


def _named(row: queries.Row) -> tuple[str, str]:
    return row.asset.device.name, reverse("onsite:asset", args=[row.code])


def _since(row: queries.Row) -> str:
    return _("due since %(day)s") % {"day": row.due.on.isoformat() if row.due else "–"}


def _headline(down: int, late: int, strange: int) -> str:
    parts = []
    if down:
        parts.append(ngettext("%(n)s machine is down", "%(n)s machines are down", down) % {"n": down})
    if late:
        parts.append(ngettext("%(n)s date has passed", "%(n)s dates have passed", late) % {"n": late})
    if strange:
        parts.append(ngettext("%(n)s walk is doubtful", "%(n)s walks are doubtful", strange) % {"n": strange})
    return listed(parts)


def mending(request: Any) -> PanelBody | None:
    """Rectifications that are this person's, for who stands in the hall."""
    if not request.branch:
        return None
    now = clock.now()
    asked = cases.CaseFilter(type=RECTIFICATION, owner=request.scope.actor, stage="unfinished", size=SHOWN)
    found = cases.cases(scope=request.scope, filters=asked, now=now)
    if not found.total:
        return None
    level = "act" if any(view.late for view in found.rows) else "watch"
    text = ngettext("%(n)s defect is yours to put right", "%(n)s defects are yours to put right", found.total)
    lines = [
        (view.title, reverse("primitives:case", args=[view.id]), view.level_name, "act" if view.late else "watch")
        for view in found.rows
    ]
    context = {"lines": lines, "more": found.total - len(lines)}
    return PanelBody("ui/parts/lines.html", context, level, text % {"n": found.total})


def feeds(request: Any) -> PanelBody | None:
    """Branches that are open and whose queue machine has sent nothing for an hour."""
    found = silent_feeds(scope=request.scope, branches=list(request.branches), now=clock.now())
    if not found:
        return None
    lines = [(one.branch, reverse("role:desk"), one.words, "act") for one in found]
    text = ngettext("%(n)s branch sends no tickets", "%(n)s branches send no tickets", len(found)) % {"n": len(found)}
    context = {"lines": lines[:SHOWN], "more": max(0, len(lines) - SHOWN)}
    return PanelBody("ui/parts/lines.html", context, "act", text)


EVERY_PHASE = frozenset(PHASES)
MOVES = ("onsite.device_failed", "onsite.device_restored", "onsite.asset_due", "primitives.round_submitted")
register(
    Panel("onsite.equipment", gettext_lazy("Equipment"), EVERY_PHASE, 25, ASSETS, equipment, MOVES, "onsite:assets"),
    Panel("onsite.mending", gettext_lazy("Defects"), EVERY_PHASE, 35, VIEW, mending, (), None, frozenset({HALL})),
    Panel("onsite.feeds", gettext_lazy("Silent branches"), EVERY_PHASE, 12, VIEW, feeds, (), None, frozenset({ABOVE})),
)  # fmt: skip
