"""A ticket file on disk → a clean log, or row-numbered reasons why not."""

from __future__ import annotations

import csv
import gzip
import io
import math
import zlib
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from counterpoint.science.history import Mapping, MappingError, TicketLog, normalise
from counterpoint.team.planning.values import PlanInputError

PLAN_KEYS = ("skills", "names", "hours", "calendar", "encoding", "separator", "promise", "minutes")
GZIP = b"\x1f\x8b"
ENCODINGS = ("utf-8-sig", "gb18030")
LONGEST = 240.0  # minutes at a counter that a mapping file may claim
# Column names under which branch systems commonly export; the first that is there is taken.
GUESSES: dict[str, tuple[str, ...]] = {
    "arrived": ("arrived", "arrived_at", "arrival", "ticket_time", "taken_at", "取号时间", "到达时间", "取票时间"),
    "called": ("called", "called_at", "call_time", "start", "ser_start", "叫号时间", "开始时间", "受理时间"),
    "finished": ("finished", "finished_at", "end", "end_time", "ser_exit", "结束时间", "完成时间", "办结时间"),
    "left": ("left", "left_at", "abandoned_at", "离开时间", "弃号时间", "过号时间"),
    "service": ("service", "service_type", "type", "业务类型", "业务", "队列"),
    "ticket": ("ticket", "ticket_no", "number", "id", "票号", "排队号", "号码"),
    "tier": ("tier", "priority", "level", "客户等级", "客户类型"),
    "server": ("server", "teller", "counter", "柜员", "窗口", "窗口号"),
    "branch": ("branch", "branch_code", "网点", "机构", "机构号"),
    "outcome": ("outcome", "status", "result", "状态", "结果"),
}
OUTCOME_WORDS = {
    "served": "served", "done": "served", "finished": "served", "已办理": "served", "完成": "served", "正常": "served",
    "abandoned": "abandoned", "left": "abandoned", "no_show": "abandoned", "弃号": "abandoned", "过号": "abandoned",
}  # fmt: skip


class HistoryFileError(PlanInputError):
    """The ticket file cannot be used; `problems` are rows of (row, column, value, message)."""

    def __init__(self, message: str, problems: tuple[dict[str, Any], ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


@dataclass(frozen=True)
class ReadPlan:
    """How to read a file: the log's column mapping, and what the mapping file says on planning."""

    mapping: AnyMapping[str, Any] | None = None
    skills: AnyMapping[str, str] = field(default_factory=dict)
    names: AnyMapping[str, str] = field(default_factory=dict)
    minutes: AnyMapping[str, float] = field(default_factory=dict)
    hours: str = ""
    calendar: str = ""
    promise: str = ""
    encoding: str = ""
    separator: str = ""

    @classmethod
    def from_dict(cls, data: AnyMapping[str, Any]) -> ReadPlan:
        """Split planning keys from the column mapping. Raises HistoryFileError on a wrong shape."""
        if not isinstance(data, AnyMapping):
            raise HistoryFileError("The mapping file must hold keys such as `arrived: column name`.")
        rest = {key: value for key, value in data.items() if key not in PLAN_KEYS and not str(key).startswith("_")}
        for name in ("skills", "names", "minutes"):
            if not isinstance(data.get(name, {}), AnyMapping):
                raise HistoryFileError(f"`{name}` in the mapping file must be a list of `service: value` lines.")
        return cls(
            mapping=rest or None,
            skills={str(k): str(v) for k, v in data.get("skills", {}).items()},
            names={str(k): str(v) for k, v in data.get("names", {}).items()},
            minutes={str(k): _minutes(str(k), v) for k, v in data.get("minutes", {}).items()},
            **{k: _text(data.get(k)) for k in ("hours", "calendar", "promise", "encoding", "separator")},
        )


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _minutes(service: str, value: Any) -> float:
    try:
        found = float(value)
    except (TypeError, ValueError):
        found = math.nan
    if not 0 < found <= LONGEST:
        raise HistoryFileError(
            f"`minutes` of {service} in the mapping file is {value!r}; write minutes at the counter, up to {LONGEST:g}."
        )
    return found


def read_table(path: Path, *, encoding: str = "", separator: str = "") -> pd.DataFrame:
    """A CSV (plain or gzip) or the first sheet of an xlsx, every cell as text. Raises HistoryFileError."""
    try:
        if path.suffix.lower() == ".xlsx":
            return _workbook(path)
        raw = path.read_bytes()
        raw = gzip.decompress(raw) if raw[:2] == GZIP else raw
    except FileNotFoundError:
        raise HistoryFileError(f"There is no file {path}.") from None
    except (OSError, EOFError, ValueError, zlib.error) as wrong:
        raise HistoryFileError(
            f"{path.name} cannot be read: {wrong}. Export it again; half a file is not used."
        ) from None
    text = _decoded(path.name, raw, encoding)
    if not text.strip():
        raise HistoryFileError(f"{path.name} is empty.")
    return _parse(path.name, text, separator)


def _workbook(path: Path) -> pd.DataFrame:
    try:
        return pd.read_excel(path, dtype=str, keep_default_na=False)
    except OSError:
        raise
    except Exception as wrong:  # spreadsheet readers raise anything on a broken file
        raise ValueError(str(wrong).rstrip(".")) from wrong


def _decoded(name: str, raw: bytes, encoding: str) -> str:
    for candidate in (encoding,) if encoding else ENCODINGS:
        try:
            return raw.decode(candidate)
        except (UnicodeDecodeError, LookupError):
            continue
    raise HistoryFileError(f"{name} is neither UTF-8 nor GB 18030. Say which `encoding:` in the mapping file.")


def _parse(name: str, text: str, separator: str) -> pd.DataFrame:
    head = text.split("\n", 1)[0]
    if len(separator) > 1 or separator in ('"', "\r", "\n"):
        raise HistoryFileError(f'`separator` in the mapping file is {separator!r}; write one character, such as ";".')
    chosen = separator or max((",", ";", "\t", "|"), key=head.count)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=chosen, strict=True))
    except csv.Error as wrong:
        raise HistoryFileError(f"{name}: {wrong}. Is a quotation mark not closed? Nothing was used.") from None
    while rows and not rows[-1]:
        rows.pop()
    columns = [column.strip().lstrip("\ufeff") for column in rows[0]]
    if len(rows) < 2:
        raise HistoryFileError(f"{name} has a heading but no row.")
    twice = next((column for n, column in enumerate(columns) if column and column in columns[:n]), None)
    if twice:
        raise HistoryFileError(f"{name} has two columns named {twice!r}. Rename one of them.")
    _even(name, rows, len(columns))
    body = [row or [""] * len(columns) for row in rows[1:]]
    if not text.endswith("\n") and "" in body[-1]:
        problem = {"row": len(rows), "column": "", "value": "", "message": "the last row is cut off"}
        raise HistoryFileError(f"Row {len(rows)}: the file ends in the middle of a row. Export it again.", (problem,))
    return pd.DataFrame(body, columns=columns, dtype="object")


def _even(name: str, rows: list[list[str]], width: int) -> None:
    """Raise when rows have more or fewer cells than the heading."""
    odd = [(n, len(row)) for n, row in enumerate(rows[1:], start=2) if row and len(row) != width]
    if not odd:
        return
    problems = tuple(
        {"row": n, "column": "", "value": "", "message": f"has {cells} cells, the heading has {width}"}
        for n, cells in odd
    )
    if odd == [(len(rows), odd[0][1])] and odd[0][1] < width:
        raise HistoryFileError(f"Row {len(rows)}: the file ends in the middle of a row. Export it again.", problems)
    raise HistoryFileError(
        f"{name}: {len(odd)} rows do not fit the heading, first row {odd[0][0]}: {odd[0][1]} cells instead of {width}.",
        problems,
    )


def guessed(columns: list[str], given: AnyMapping[str, Any]) -> dict[str, Any]:
    """The given mapping, completed by columns whose names are commonly used. Raises when no arrival is found."""
    lower = {column.lower(): column for column in columns}
    found = dict(given)
    for name, candidates in GUESSES.items():
        if name not in found:
            column = next((lower[c] for c in candidates if c in lower), None)
            if column is not None:
                found[name] = column
    if "arrived" not in found:
        raise HistoryFileError(
            f"No column looks like the moment the ticket was taken. The file has: {', '.join(columns)}. "
            "Say which, for example --column arrived=taken_at."
        )
    if "outcome" in found:
        found.setdefault("outcomes", OUTCOME_WORDS)
    return found


def read_history(
    path: Path, plan: ReadPlan, columns: AnyMapping[str, str], *, skip_bad_rows: bool = False
) -> TicketLog:
    """The clean log of a file. Rows in error refuse the whole file unless `skip_bad_rows`; nothing is half used."""
    frame = read_table(path, encoding=plan.encoding, separator=plan.separator)
    given = {**(plan.mapping or {}), **columns}
    try:
        mapping = Mapping.from_dict(given if plan.mapping else guessed(list(frame.columns), given))
        log = normalise(frame, mapping)
    except MappingError as wrong:
        raise HistoryFileError(f"{path.name}: {wrong}") from None
    return checked(log, path.name, skip_bad_rows=skip_bad_rows)


def checked(log: TicketLog, name: str, *, skip_bad_rows: bool = False) -> TicketLog:
    """The log itself, or HistoryFileError with every row in error."""
    errors = log.issues[log.issues["severity"] == "error"]
    if len(errors) and not skip_bad_rows:
        problems = tuple(errors[["row", "column", "value", "message"]].to_dict("records"))
        first = problems[0]
        raise HistoryFileError(
            f"{name}: {len(errors)} of {len(log.frame)} rows cannot be used, first row {first['row']}: "
            f"{first['column']} = {first['value']!r}: {first['message']} Correct them, or leave them out with "
            "--skip-bad-rows.",
            problems,
        )
    if not len(log.usable):
        raise HistoryFileError(f"{name} holds no usable ticket.")
    return log


def issue_rows(log: TicketLog, most: int = 2000) -> tuple[dict[str, Any], ...]:
    """Row-numbered findings, refused rows first; repeated repairs are cut at `most` rows."""
    order = {"error": 0, "ignored": 1, "warning": 2}
    rows = log.issues.assign(rank=log.issues["severity"].map(order)).sort_values(["rank", "row"], kind="stable")
    return tuple(
        {"row": int(r.row), "column": str(r.column), "value": str(r.value), "code": str(r.code),
         "severity": str(r.severity), "message": str(r.message)}
        for r in rows.head(most).itertuples()
    )  # fmt: skip
