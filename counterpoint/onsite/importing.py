"""From a stored CSV file to day logs: preview, the job, its result. Reading is `counterpoint.science.history`'s."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext as _

from counterpoint.foundation.api import (
    Invalid,
    JobRun,
    NotFound,
    OrgUnit,
    Scope,
    StoredFile,
    branches,
    enter,
    files,
    jobs,
    scoped,
)
from counterpoint.onsite.actions.history import history_import
from counterpoint.onsite.rules import columns
from counterpoint.onsite.verbs import IMPORT

if TYPE_CHECKING:
    import pandas as pd

    from counterpoint.science.history import TicketLog

KIND = "onsite.history_import"
PREVIEW_ROWS = 200
SHOWN_ROWS = 8
KEPT_PROBLEMS = 2000


@dataclass(frozen=True)
class Preview:
    """First rows of a file with a mapping: what is understood of them, and row-numbered problems."""

    file: StoredFile
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    mapping: dict[str, str]
    understood: tuple[dict[str, Any], ...]
    problems: tuple[dict[str, Any], ...]
    refused: str


def upload(*, scope: Scope, branch: OrgUnit, name: str, content: bytes, now: datetime) -> StoredFile:
    """Store the file; refuses what is not text with columns."""
    enter(scope, branch, IMPORT)
    with scoped(scope):
        row = files.store(scope=scope, org_unit=branch, name=name, content=content, now=now)
    if row.media_type != "text/csv":
        raise Invalid(_("Send the history as CSV: one row a ticket, the first row holds the headings."), field="file")
    return row


def stored(*, scope: Scope, file_id: UUID) -> StoredFile:
    """The uploaded file; `NotFound` outside the scope."""
    with scoped(scope):
        row = StoredFile.objects.filter(pk=file_id, media_type="text/csv").select_related("org_unit").first()
    if row is None or not scope.may(IMPORT, row.org_path):
        raise NotFound(_("There is no such file here."))
    return row


def preview(*, scope: Scope, file_id: UUID, mapping: dict[str, str] | None) -> Preview:
    """What the file's first rows say with this mapping (None: a first guess from the headings)."""
    row = stored(scope=scope, file_id=file_id)
    frame = _read(row, PREVIEW_ROWS)
    headings = tuple(str(c) for c in frame.columns)
    chosen = {f: c for f, c in (mapping or columns.suggest(headings)).items() if c in headings}
    rows = tuple(tuple(str(v) for v in r) for r in frame.head(SHOWN_ROWS).fillna("").itertuples(index=False))
    try:
        log = _normalised(frame, chosen)
    except Invalid as wrong:
        return Preview(row, headings, rows, chosen, (), (), wrong.message)
    understood = tuple(log.frame.head(SHOWN_ROWS).reset_index().to_dict("records"))
    problems = tuple(log.issues.head(50).to_dict("records"))
    return Preview(row, headings, rows, chosen, understood, problems, "")


def begin(
    *, scope: Scope, branch: OrgUnit, file_id: UUID, mapping: dict[str, str], replace: bool, now: datetime
) -> JobRun:
    """Start the import in the background; the same file, mapping and choice start one job only."""
    enter(scope, branch, IMPORT)
    row = stored(scope=scope, file_id=file_id)
    payload = {"file": str(row.pk), "branch": branch.code, "mapping": mapping, "replace": replace}
    asked = f"{branch.code}:{sorted(mapping.items())}:{replace}:{now:%Y%m%d%H%M}"
    key = f"{KIND}:{row.pk}:{sha256(asked.encode()).hexdigest()}"
    with scoped(scope):
        return jobs.enqueue(scope=scope, org_unit=branch, kind=KIND, key=key, payload=payload, now=now)


@jobs.job(KIND)
def run(
    payload: dict[str, Any], *, scope: Scope, report: Callable[[float, str], None], now: datetime
) -> dict[str, Any]:
    """The job: read, check, write everything in one transaction."""
    report(0.05, _("Reading the file"))
    row = stored(scope=scope, file_id=UUID(payload["file"]))
    log = _normalised(_read(row, None), payload["mapping"])
    problems = _problems(log)
    report(0.5, _("%(count)d tickets understood, writing them") % {"count": len(log.usable)})
    mine = _targets(scope, payload, log)
    done = history_import(
        scope=scope, branches=mine, log=log.usable, label=row.name, now=now, replace=bool(payload["replace"])
    )
    return {
        "days": done.days, "tickets": done.tickets, "same": done.same, "replaced": done.replaced,
        "since": done.since.isoformat() if done.since else "", "until": done.until.isoformat() if done.until else "",
        "rows": len(log.frame), "refused": len(log.frame) - len(log.usable), "problems": problems,
        "problem_count": len(log.issues), "branches": [b.code for b in mine],
    }  # fmt: skip


def _targets(scope: Scope, payload: dict[str, Any], log: "TicketLog") -> Sequence[OrgUnit]:
    """The branches the rows belong to: those named by the branch column, else the chosen one."""
    known = {b.code: b for b in branches(scope=scope)}
    if "branch" in payload["mapping"]:
        named = sorted({str(code) for code in log.usable["branch"].dropna().unique()})
        missing = [code for code in named if code not in known]
        if missing:
            raise Invalid(_("The history names branches that are not here: %(codes)s.") % {"codes": ", ".join(missing)})
        if len(named) > 1:
            return [known[code] for code in named]
        if named:
            return [known[named[0]]]
    return [known[payload["branch"]]]


def _read(row: StoredFile, limit: int | None) -> "pd.DataFrame":
    import pandas as pd

    content = files.read(row)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        first = text.split("\n", 1)[0]
        separator = max(",;\t|", key=first.count)
        try:
            return pd.read_csv(
                BytesIO(text.encode()), sep=separator, nrows=limit, dtype=str, keep_default_na=False,
                skipinitialspace=True,
            )  # fmt: skip
        except (ValueError, pd.errors.ParserError) as wrong:
            raise Invalid(_("The file cannot be read as a table: %(why)s") % {"why": str(wrong)[:160]}) from wrong
    raise Invalid(_("The file is neither UTF-8 nor GB18030 text."))


def _normalised(frame: "pd.DataFrame", mapping: dict[str, str]) -> "TicketLog":
    from counterpoint.science import history

    try:
        log = history.normalise(frame, history.Mapping.from_dict(mapping))
    except history.MappingError as wrong:
        raise Invalid(_("The columns do not fit: %(why)s") % {"why": str(wrong)}) from wrong
    log.frame["window"] = log.frame["window"].map(columns.window_of, na_action="ignore")
    return log


def _problems(log: "TicketLog") -> list[dict[str, Any]]:
    rows = log.issues.head(KEPT_PROBLEMS)
    return [{key: str(value) for key, value in row.items()} for row in rows.to_dict("records")]
