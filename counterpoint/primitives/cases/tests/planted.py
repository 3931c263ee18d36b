"""What the canary crawl plants of the cases: one with words, a file's place, a link, a watcher, an escalation."""

from datetime import timedelta

from counterpoint.foundation.api import scoped
from counterpoint.primitives.cases import case_comment, case_link, case_open, case_watch
from counterpoint.primitives.cases.models import Case, CaseClock, CaseEscalation, CaseText


def plant_cases(bank, branch, mark):
    """Two linked cases of the Stranger's branch, all words marked."""
    stranger = bank.scope("Stranger")
    here = {"scope": stranger, "now": bank.now}
    first, second = (
        case_open(**here, org_unit=branch, type="primitives.task", title=f"{mark} {n}", text=mark, source=mark)
        for n in (1, 2)
    )
    case_comment(**here, case=first.id, text=f"{mark} comment")
    case_watch(**here, case=first.id)
    case_link(**here, case=first.id, other=second.id)
    with scoped(stranger):
        row = Case.objects.get(pk=first.id)
        CaseText(org_unit=branch, case=row, field="customer", text=mark).save()
        clock = CaseClock.objects.filter(case=row).first()
        CaseEscalation(
            org_unit=branch, case=row, cycle=1, clock=clock.clock, rung="rung1", due_at=clock.due_at,
            at=bank.now + timedelta(days=3), people=[],
        ).save()  # fmt: skip
