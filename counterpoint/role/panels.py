"""The desk's own panels: is the branch ready, and is the promise kept. Other rooms bring theirs."""

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from counterpoint.foundation.api import clock
from counterpoint.role import desk, flow, readiness, selfchecks
from counterpoint.role.services import tiers
from counterpoint.role.today import Today, day_at
from counterpoint.ui.panels import Panel, PanelBody, register
from counterpoint.ui.punctuation import listed

GOAL = 0.9  # share of customers called within the promise; below it somebody must act once enough were called
ENOUGH = 20
DURING = frozenset({"open", "lunch", "peak", "close", "evening"})


def _today(request: HttpRequest) -> Today | None:
    branch = request.branch  # type: ignore[attr-defined]
    return day_at(branch, clock.now()) if branch else None


def ready(request: HttpRequest) -> PanelBody | None:
    """Everything that has to be in order before the doors open."""
    today = _today(request)
    if today is None or not today.spans:
        return None
    found = readiness.checks(scope=request.scope, branch=request.branch, today=today)  # type: ignore[attr-defined]
    level = found[0].level
    bad = [check for check in found if check.level in {"act", "watch"}]
    headline = _("Ready to open") if not bad else _("Not yet: %(what)s") % {"what": listed(c.label for c in bad)}
    return PanelBody("role/panels/readiness.html", {"checks": found}, level, headline)


def kept(request: HttpRequest) -> PanelBody | None:
    """Share of customers called within their tier's promise."""
    today = _today(request)
    if today is None:
        return None
    branch = request.branch  # type: ignore[attr-defined]
    day = desk.ticket_day(scope=request.scope, branch=branch, today=today)  # type: ignore[attr-defined]
    if not day.known:
        return None
    numbers, share = day.numbers, day.numbers.kept_share
    names = {key: tier.name(request.LANGUAGE_CODE) for key, tier in tiers(today.date, branch.rule_pack).items()}
    context = {
        "numbers": numbers,
        "share": share,
        "goal": GOAL,
        "rows": [(names.get(row.tier, row.tier), row) for row in numbers.tiers],
    }
    return PanelBody("role/panels/promise.html", context, _loudness(share, numbers.called), _headline(share))


def came(request: HttpRequest) -> PanelBody | None:
    """How many came so far, and whether that is usual."""
    today = _today(request)
    if today is None:
        return None
    found = flow.flow_of(scope=request.scope, branch=request.branch, today=today)  # type: ignore[attr-defined]
    if found is None:
        return None
    if found.change is None or found.usual is None:
        headline = _("%(came)d customers took a ticket so far") % {"came": found.came}
    else:
        words = {"came": found.came, "usual": found.usual, "change": found.change * 100}
        headline = _("%(came)d tickets so far, usually %(usual).0f by now (%(change)+.0f %%)") % words
    return PanelBody("role/panels/flow.html", {"flow": found}, "calm", headline)


def self_checks(request: HttpRequest) -> PanelBody | None:
    """Self-checks that are overdue or due today, and what is not put right."""
    today = _today(request)
    if today is None:
        return None
    asked = {"scope": request.scope, "branch": request.branch, "today": today}  # type: ignore[attr-defined]
    late = selfchecks.overdue(**asked, language=request.LANGUAGE_CODE)
    due = selfchecks.due_on(**asked, on=today.date, language=request.LANGUAGE_CODE)
    shown = (*late, *(one for one in due if one.state != selfchecks.LATE))
    found = selfchecks.open_cases(**asked)
    if not shown and not found:
        return None
    level = "act" if late or any(one.late for one in found) else "info" if shown else "watch"
    context = {"shown": shown, "cases": len(found), "today": today}
    return PanelBody(
        "role/panels/self_checks.html", context, level, _checks_headline(len(late), len(shown) - len(late))
    )


def _checks_headline(late: int, due: int) -> str:
    if late:
        return ngettext("%d self-check is overdue", "%d self-checks are overdue", late) % late
    if due:
        return ngettext("%d self-check is due today", "%d self-checks are due today", due) % due
    return _("Every self-check of today is done; findings are open.")


def _loudness(share: float | None, called: int) -> str:
    if share is None or called < ENOUGH:
        return "calm"
    if share < GOAL - 0.15:
        return "act"
    return "watch" if share < GOAL else "fine"


def _headline(share: float | None) -> str:
    if share is None:
        return _("Nobody was called yet.")
    return _("%(share).0f %% called within the promise, goal %(goal).0f %%") % {
        "share": share * 100,
        "goal": GOAL * 100,
    }


register(
    Panel(
        key="role.readiness",
        title=gettext_lazy("Ready to open?"),
        phases=frozenset({"pre_open"}),
        order=10,
        verb="role.desk.view",
        render=ready,
        live=("onsite.device_failed", "onsite.device_restored", "team.roster_published", "team.forecast_made"),
    ),
    Panel(
        key="role.flow",
        title=gettext_lazy("Flow of the day"),
        phases=DURING,
        order=45,
        verb="role.desk.view",
        render=came,
        url_name="role:morning",
    ),
    Panel(
        key="role.self_checks",
        title=gettext_lazy("Self-checks"),
        phases=frozenset({"pre_open", "open", "close", "evening"}),
        order=50,
        verb="role.calendar.view",
        render=self_checks,
        live=("primitives.round_submitted", "primitives.round_late", "primitives.round_planned"),
        url_name="role:self-checks",
    ),
    Panel(
        key="role.promise",
        title=gettext_lazy("Promise kept today"),
        phases=DURING,
        order=40,
        verb="role.desk.view",
        render=kept,
        live=("onsite.ticket_called", "onsite.ticket_abandoned"),
        url_name="role:evening",
    ),
)
