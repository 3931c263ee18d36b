"""The register as Excel: an export that is at the same time the template for bringing it in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from counterpoint.foundation.api import DomainError, Invalid, OrgUnit, Scope
from counterpoint.onsite.assets.actions import Papers, asset_add, asset_change
from counterpoint.onsite.assets.kinds import asset_kinds
from counterpoint.onsite.assets.queries import Row
from counterpoint.onsite.models import Asset
from counterpoint.ui import tables_in
from counterpoint.ui.excel import Sheet, workbook

COLUMNS = (
    ("code", pgettext_lazy("of a thing", "Code")), ("kind", gettext_lazy("Kind")), ("name", gettext_lazy("Name")),
    ("zone", gettext_lazy("Zone")), ("place", gettext_lazy("Place")), ("model", gettext_lazy("Model")),
    ("serial", gettext_lazy("Serial number")), ("made_on", gettext_lazy("Made on")),
    ("installed_on", gettext_lazy("Installed on")), ("serviced_on", gettext_lazy("Last service on")),
    ("expires_on", gettext_lazy("Valid until (label)")),
)  # fmt: skip
ALSO = {
    "类型": "kind",
    "資產編號": "code",
    "资产编号": "code",
    "出厂日期": "made_on",
    "生产日期": "made_on",
}  # as lists say it
DATES = frozenset({"made_on", "installed_on", "serviced_on", "expires_on"})
MOST = 2000


@dataclass(frozen=True)
class Problem:
    """Why a row was not taken; `row` as the spreadsheet counts."""

    row: int
    code: str
    message: str


@dataclass(frozen=True)
class Imported:
    """What came in."""

    added: int
    changed: int
    problems: tuple[Problem, ...]


def exported(rows: Sequence[Row], language: str, branch: OrgUnit, now: datetime) -> bytes:
    """The list as a workbook; the second sheet names the kinds that may be written."""
    headings = [str(label) for _name, label in COLUMNS] + [str(_("Next due")), str(_("Due for"))]
    body = [[*_cells(row, language), row.asset.due_on, _why(row.asset.due_why)] for row in rows]
    note = f"{branch.name} · {now:%Y-%m-%d}"
    return workbook(
        [Sheet(_("Assets"), headings, body, title=_("Asset register"), note=note), _kinds(language, branch, now)]
    )


def template(language: str, branch: OrgUnit, now: datetime) -> bytes:
    """An empty register with one row as an example."""
    kind = next(iter(asset_kinds(branch.date_at(now), branch.rule_pack).values()))
    example = [
        "fire-01", kind.name(language), kind.name(language), "", "", "MFZ/ABC4", "A2304017", date(2024, 3, 1),
        date(2024, 4, 1), None, None,
    ]  # fmt: skip
    headings = [str(label) for _name, label in COLUMNS]
    return workbook([Sheet(_("Assets"), headings, [example]), _kinds(language, branch, now)])


def _kinds(language: str, branch: OrgUnit, now: datetime) -> Sheet:
    kinds = asset_kinds(branch.date_at(now), branch.rule_pack)
    return Sheet(_("Kinds"), [_("Kind"), _("Key")], [[kind.name(language), key] for key, kind in kinds.items()])


def _cells(row: Row, language: str) -> list[Any]:
    asset, device = row.asset, row.asset.device
    kind = row.kind.name(language) if row.kind else device.kind
    zone = device.zone.code if device.zone else ""
    return [
        device.code, kind, device.name, zone, asset.place, asset.model, asset.serial, asset.made_on, asset.installed_on,
        asset.serviced_on, asset.expires_on,
    ]  # fmt: skip


def _why(why: str) -> str:
    return {"service": pgettext("of a thing", "Service"), "scrap": _("Scrapping"), "expiry": _("Expiry")}.get(why, "")


def taken(*, scope: Scope, branch: OrgUnit, content: bytes, now: datetime) -> Imported:
    """Read a workbook: a code that is known is changed, another is added; a row that is wrong says why.

    Raises `Invalid` when the file is no register: not Excel, no heading that is known, too many rows.
    """
    names = _kind_names(branch, now)
    added = changed = 0
    problems: list[Problem] = []
    for number, row in list(_rows(content)):  # a file that is too long is refused before anything is written
        code = str(row.get("code") or "").strip()
        try:
            known = Asset.objects.filter(org_unit=branch, device__code=code, device__retired_at=None).exists()
            papers = _papers(row)
            if known:
                asset_change(scope=scope, branch=branch, now=now, code=code, papers=papers)
                changed += 1
            else:
                kind = names.get(str(row.get("kind") or "").strip().casefold(), "")
                asset_add(scope=scope, branch=branch, now=now, kind=kind, code=code, papers=papers)
                added += 1
        except DomainError as refused:
            problems.append(Problem(number, code, refused.message))
    return Imported(added, changed, tuple(problems))


def _kind_names(branch: OrgUnit, now: datetime) -> dict[str, str]:
    """Keys and names in all languages, as somebody may have written them."""
    kinds = asset_kinds(branch.date_at(now), branch.rule_pack)
    return {name.casefold(): key for key, kind in kinds.items() for name in (key, *kind.names.values())}


def _rows(content: bytes) -> Iterator[tuple[int, dict[str, Any]]]:
    """Row numbers and cells by column, below the first row that holds the heading of the code."""
    heads = _headings()
    columns: dict[int, str] = {}
    for number, cells in enumerate(tables_in.lines("register.csv", content, MOST), start=1):
        if not columns:
            named = {
                i: heads[str(cell).strip().casefold()]
                for i, cell in enumerate(cells)
                if str(cell).strip().casefold() in heads
            }
            columns = named if "code" in named.values() else {}
        elif any(cell not in (None, "") for cell in cells):
            yield number, {name: cells[i] for i, name in columns.items() if i < len(cells)}
    if not columns:
        raise Invalid(
            _("There is no heading “%(code)s” in the file. Use the template.")
            % {"code": pgettext("of a thing", "Code")},
            field="file",
        )


def _headings() -> dict[str, str]:
    """Headings in every language of the house → column."""
    from django.conf import settings
    from django.utils import translation

    found = dict(ALSO)
    for language, _label in settings.LANGUAGES:
        with translation.override(language):
            found |= {str(label).casefold(): name for name, label in COLUMNS}
    return found


def _papers(row: dict[str, Any]) -> Papers:
    values: dict[str, Any] = {}
    for name, _label in COLUMNS[2:]:
        if name not in row:
            continue
        values[name] = _day(row[name], name) if name in DATES else str(row[name] if row[name] is not None else "")
    return Papers(**values)


def _day(value: Any, name: str) -> date | bool:
    """A cell's date; False for an empty one, so that it is cleared."""
    if value in (None, ""):
        return False
    found = tables_in.date_of(value)
    if found is None:
        raise Invalid(_("“%(value)s” is no date. Write it like 2026-03-01.") % {"value": str(value)[:20]}, field=name)
    return found
