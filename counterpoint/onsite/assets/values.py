"""What the register's actions answer."""

from datetime import date, datetime
from uuid import UUID

from counterpoint.onsite.models import Asset, AssetFault
from counterpoint.onsite.values import Answer


class AssetView(Answer):
    """An asset after the action; `due_on` with `due_why` (service, scrap, expiry) is what comes next."""

    id: UUID
    code: str
    name: str
    kind: str
    works: bool
    due_on: date | None
    due_why: str
    public_code: str
    retired: bool


class FaultView(Answer):
    """A fault after the action; `case` is its rectification."""

    id: UUID
    asset: str
    extent: str
    began_at: datetime
    ended_at: datetime | None
    sure: bool
    reports: int
    case: UUID | None


def asset_view(row: Asset) -> AssetView:
    """From the row."""
    return AssetView(
        id=row.pk, code=row.device.code, name=row.device.name, kind=row.device.kind, works=row.device.in_service,
        due_on=row.due_on, due_why=row.due_why, public_code=row.public_code, retired=row.device.retired_at is not None,
    )  # fmt: skip


def fault_view(row: AssetFault, code: str) -> FaultView:
    """From the row and the code of its device."""
    return FaultView(
        id=row.pk, asset=code, extent=row.extent, began_at=row.began_at, ended_at=row.ended_at, sure=row.sure,
        reports=row.reports, case=row.case,
    )  # fmt: skip
