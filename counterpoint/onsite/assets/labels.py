"""QR labels to stick on things, as a PDF of A4 sheets in sizes that are sold as label paper."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterpoint.foundation.api import OrgUnit
from counterpoint.onsite.assets.queries import Row
from counterpoint.primitives.checklists import Point
from counterpoint.ui import pdf

TEMPLATE = Path(__file__).resolve().parents[1] / "templates" / "onsite" / "asset_labels.typ"
MOST = 500


@dataclass(frozen=True)
class Size:
    """Labels of a sheet: columns × rows of width × height in millimetres, and the margins of the sheet."""

    key: str
    label: object
    columns: int
    rows: int
    width: float
    height: float
    top: float
    left: float
    qr: float


SIZES = {
    size.key: size
    for size in (
        Size("small", gettext_lazy("Small, 40 on a sheet (48.5 × 25.4 mm)"), 4, 10, 48.5, 25.4, 21.5, 8.0, 19.0),
        Size("medium", gettext_lazy("Medium, 24 on a sheet (70 × 37 mm)"), 3, 8, 70.0, 37.0, 0.5, 0.0, 28.0),
        Size("large", gettext_lazy("Large, 8 on a sheet (105 × 74 mm)"), 2, 4, 105.0, 74.0, 0.5, 0.0, 52.0),
    )
}


def address(base: str, row: Row) -> str:
    """What the code says: the public page of the thing, and its code behind “#” for the phone of a round. ASCII."""
    return f"{base}#{row.code}"


def sheet(rows: Sequence[Row], addresses: Sequence[str], size: Size, language: str, skip: int = 0) -> bytes:
    """The PDF; `skip` labels of the first sheet are used already. ValueError for more than MOST labels."""
    if len(rows) > MOST:
        raise ValueError(f"At most {MOST} labels at once.")
    return _sheet([_label(row, language) for row in rows], addresses, size, _("Something wrong? Scan to report."), skip)


def point_sheet(points: Sequence[Point], branch: OrgUnit, base: str, size: Size, language: str) -> bytes:
    """Labels of the points that rounds pass, as the same sheet: the phone app's address with the code behind “#”."""
    told = [
        {
            "name": one.item.name(language),
            "kind": _("Patrol point"),
            "code": one.code,
            "where": "",
            "branch": branch.name,
        }
        for one in points
    ]
    return _sheet(told, [f"{base}#{one.code}" for one in points], size, _("Scan me when you pass on a round."), 0)


def _sheet(told: list[dict[str, str]], addresses: Sequence[str], size: Size, words: str, skip: int) -> bytes:
    images = {f"qr-{i}.svg": code(text) for i, text in enumerate(addresses)}
    data = {
        "size": {
            "columns": size.columns, "rows": size.rows, "width": size.width, "height": size.height, "top": size.top,
            "left": size.left, "qr": size.qr,
        },
        "skip": max(0, min(skip, size.columns * size.rows - 1)),
        "labels": told,
        "scan": words,
    }  # fmt: skip
    return pdf.render(TEMPLATE, data, images)


def _label(row: Row, language: str) -> dict[str, str]:
    device = row.asset.device
    where = " · ".join(part for part in (device.zone.name if device.zone else "", row.asset.place) if part)
    return {
        "name": device.name, "kind": row.kind.name(language) if row.kind else device.kind, "code": device.code,
        "where": where, "branch": row.asset.org_unit.name,
    }  # fmt: skip


def code(text: str) -> bytes:
    """A QR code as SVG, with a quarter of it spare for scratches."""
    import segno

    out = io.BytesIO()
    segno.make(text, error="q", micro=False).save(out, kind="svg", border=0, scale=4)
    return out.getvalue()
