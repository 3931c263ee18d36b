"""The certificate on paper, set by Typst, with the QR code of its public page."""

from __future__ import annotations

import io
from pathlib import Path

import segno
from django.utils.translation import gettext as _

from counterpoint.academy.certificates import public, queries, shown
from counterpoint.academy.models import Certificate
from counterpoint.academy.rules.words import tell
from counterpoint.ui import reader

TEMPLATE = Path(__file__).resolve().parents[1] / "templates" / "academy" / "certificate.typ"


def pdf(row: Certificate, address: str) -> bytes:
    """One page. Raises `counterpoint.ui.pdf.PdfFailed`."""
    from counterpoint.ui.pdf import render

    item, spoken = queries.item_of(row), reader.language()
    data = {
        "lang": "en" if spoken == "en" else "zh", "title": _("Certificate"), "house": public.house_of(row.org_unit),
        "name": row.user.name, "is": _("holds the certificate"), "certificate": tell(item.value.names),
        "about": tell(item.value.about),
        "facts": [
            [_("Valid from"), row.since.isoformat()], [_("Valid until"), row.until.isoformat()],
            [_("Branch"), row.org_unit.name], [_("Code"), row.public_code],
            *([[_("Skills of the roster"), shown.skills(item.value.skills)]] if item.value.skills else []),
        ],
        "check": _("Scan to see whether it still holds. The page tells no name unless the holder lets it."),
        "address": address,
    }  # fmt: skip
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", border=0, scale=4)
    return render(TEMPLATE, data, {"code.svg": drawn.getvalue()})
