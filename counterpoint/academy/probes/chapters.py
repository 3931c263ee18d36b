"""Probes of single chapters that practised exercises are checked by: a complaint's papers, a risk."""

from django.utils.translation import gettext_lazy as _

from counterpoint.academy.probes.registry import Args, Found, Look, probe
from counterpoint.primitives.cases import CaseFilter
from counterpoint.risk import api as risks
from counterpoint.service import api as service


@probe(
    "complaint_papers",
    verb="service.complaint.view",
    takes=frozenset({"nth"}),
    gives={
        "report": _("Report"), "extension": _("Extension"), "confirmed": _("Level confirmed"),
        "involved": _("Colleagues it is about"),
    },
)  # fmt: skip
def complaint_papers(look: Look, args: Args) -> Found:
    """Report, extension and people of the `nth` complaint in the order of coming in, without it the newest."""
    filters = CaseFilter(type="service.complaint", sort="old", size=200)
    rows = service.board(scope=look.scope, filters=filters, now=look.now).rows
    place = int(args.get("nth", len(rows)))
    if not 1 <= place <= len(rows):
        return {}
    one = service.whole(scope=look.scope, complaint=rows[place - 1].complaint, now=look.now)
    asked = max(one.extensions, key=lambda row: row.asked_at, default=None)
    return {
        "report": one.report.state if one.report else None, "extension": asked.state if asked else None,
        "confirmed": "yes" if rows[place - 1].confirmed else "no", "involved": len(one.detail.involved),
    }  # fmt: skip


@probe(
    "risk",
    verb="risk.register.view",
    takes=frozenset({"key"}),
    gives={"residual": _("Residual risk"), "moves": _("Moves of the residual"), "tested": _("Controls tested"),
           "measures": _("Measures")},
)  # fmt: skip
def risk(look: Look, args: Args) -> Found:
    """A risk of the branch's register."""
    rows = risks.risks(scope=look.scope, now=look.now, branch=look.branch)
    found = next((one for one in rows if one.key == args["key"]), None)
    if found is None:
        return {}
    one = risks.risk(scope=look.scope, risk=found.id, now=look.now)
    return {
        "residual": round(found.residual, 1), "moves": len(one.moves),
        "tested": sum(control.last_result is not None for control in one.controls),
        "measures": sum(view.type == "risk.measure" for view in one.follow_ups),
    }  # fmt: skip
