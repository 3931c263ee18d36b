"""The report and the poster on paper, set by Typst."""

from io import BytesIO
from pathlib import Path
from typing import Any

import segno
from django.utils.translation import gettext as _
from django.utils.translation import override

from counterpoint.service.actions.reporting import template
from counterpoint.service.models import Report
from counterpoint.service.names import REPORT_STATES
from counterpoint.service.queries.complaints import Whole
from counterpoint.service.shown import moment

FOLDER = Path(__file__).resolve().parent / "templates" / "service"


def report_data(seen: Whole, report: Report, language: str) -> dict[str, Any]:
    """The report as plain words."""
    form = template(report, seen.row.org_unit)
    view = seen.detail.case
    return {
        "title": f"{view.branch_name} {form.name(language)}",
        "subtitle": " · ".join([view.label, view.level_name, str(REPORT_STATES[report.state][0])]),
        "footer": _("Template %(key)s, version %(version)s. Confidential: holds personal data.")
        % {"key": report.template, "version": report.version},
        "facts": [
            [_("Number"), view.label],
            [_("Level"), view.level_name],
            [_("Received"), moment(seen.row.received_at)],
            [_("Owner"), view.owner_name or "–"],
            [_("Submitted at"), moment(report.submitted_at) or "–"],
            [_("Decided at"), moment(report.decided_at) or "–"],
        ],
        "sections": [[s.name(language), report.texts.get(s.slug, "")] for s in form.sections],
        "reason_title": _("The region's answer"),
        "reason": report.reason,
    }


def report_pdf(seen: Whole, report: Report, language: str) -> bytes:
    """PDF/A of a report. Raises `counterpoint.ui.pdf.PdfFailed`."""
    from counterpoint.ui.pdf import render

    return render(FOLDER / "rectification.typ", report_data(seen, report, language))


def poster_pdf(branch: str, url: str) -> bytes:
    """A poster in Chinese and English with the code of the branch's form."""
    from counterpoint.ui.pdf import render

    picture = BytesIO()
    segno.make(url, error="q").save(picture, kind="svg", scale=12, border=2)
    with override("zh-hans"):
        heading, lead = _("Not satisfied? Tell us."), _("Scan the code. No account, no app.")
    with override("en"):
        english = _("Not satisfied? Tell us."), _("Scan the code. No account, no app.")
    data = {
        "branch": branch, "heading": heading, "lead": lead, "english": list(english), "url": url,
        "lines": "12378 · 12363",
    }  # fmt: skip
    return render(FOLDER / "poster.typ", data, {"code.svg": picture.getvalue()})
