"""From raw rows to tickets: every repair and every refusal is written down with its row number."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from counterpoint.science.history import moments
from counterpoint.science.history.mapping import Mapping, MappingError

Flags = NDArray[np.bool_]
COLUMNS = (
    "branch", "ticket", "service", "tier", "arrived", "called", "finished", "left", "server", "outcome", "window",
)  # fmt: skip
OUTCOMES = ("served", "abandoned", "unknown")
ISSUE_COLUMNS = ("row", "column", "value", "code", "severity", "message")


@dataclass(frozen=True, eq=False)
class TicketLog:
    """Clean tickets and everything that was wrong with their source.

    `frame` has the columns of COLUMNS, one row per source row, index = source row number; moments are the branch's
    wall clock (datetime64). `issues` has `row, column, value, code, severity, message`: an `error` or `ignored` row is
    not usable, a `warning` was repaired as its message says.
    """

    frame: pd.DataFrame
    issues: pd.DataFrame

    @property
    def usable(self) -> pd.DataFrame:
        """Rows without an error, phantoms and duplicates left out."""
        stop = self.issues.loc[self.issues["severity"] != "warning", "row"]
        return self.frame.loc[~self.frame.index.isin(stop)]

    @property
    def is_clean(self) -> bool:
        """True when no row was refused; the caller decides whether to import otherwise."""
        return not (self.issues["severity"] == "error").any()

    def summary(self) -> dict[str, Any]:
        """Counts of rows, usable rows, outcomes, and issues by code and severity."""
        usable = self.usable
        by_code = (self.issues["severity"] + ":" + self.issues["code"]).value_counts()
        return {
            "rows": len(self.frame),
            "usable": len(usable),
            "first": usable["arrived"].min(),
            "last": usable["arrived"].max(),
            "outcomes": usable["outcome"].value_counts().to_dict(),
            "issues": {str(name): int(n) for name, n in by_code.items()},
        }

    def to_frame(self) -> pd.DataFrame:
        """The usable tickets with a plain index."""
        return self.usable.reset_index(names="row")


@dataclass
class _Notes:
    frame: pd.DataFrame
    rows: NDArray[np.int64]
    parts: list[pd.DataFrame] = field(default_factory=list)

    def add(self, where: Flags, column: str, code: str, severity: str, message: str) -> None:
        at = np.flatnonzero(where)
        if not len(at):
            return
        values = self.frame[column].iloc[at].astype(str).to_numpy() if column in self.frame.columns else ""
        self.parts.append(
            pd.DataFrame(
                {
                    "row": self.rows[at],
                    "column": column,
                    "value": values,
                    "code": code,
                    "severity": severity,
                    "message": message,
                }
            )
        )

    def forgive(self, where: Flags, code: str, severity: str) -> None:
        """Take back what was said of rows that turned out not to matter."""
        rows = self.rows[where]
        kept = [
            part[~part["row"].isin(rows)] if part[["code", "severity"]].iloc[0].tolist() == [code, severity] else part
            for part in self.parts
        ]
        self.parts = [part for part in kept if len(part)]

    def table(self) -> pd.DataFrame:
        if not self.parts:
            return pd.DataFrame(
                {name: pd.Series(dtype="int64" if name == "row" else "object") for name in ISSUE_COLUMNS}
            )
        return pd.concat(self.parts, ignore_index=True).sort_values("row", kind="stable", ignore_index=True)


def normalise(frame: pd.DataFrame, mapping: Mapping) -> TicketLog:
    """Read a raw log. Nothing is dropped silently: see `issues`; nothing is half imported: `usable` is whole rows.

    Raises MappingError when the frame lacks a mapped column.
    """
    absent = [name for name in mapping.columns() if name not in frame.columns]
    if absent:
        raise MappingError(f"the log has no column {absent[0]!r}; it has {', '.join(map(str, frame.columns))}.")
    rows = np.arange(len(frame)) + mapping.first_row
    notes = _Notes(frame, rows)
    when = {name: _moment(frame, mapping, name, notes) for name in ("arrived", "called", "finished", "left")}
    if mapping.queued:
        _queue_entry(frame, mapping, when, notes)
    outcome, ignored = _outcomes(frame, mapping, when, notes)
    _missing_arrivals(mapping, when["arrived"], ignored, notes)
    _order(mapping, when, notes)
    table = pd.DataFrame(
        {
            "branch": _words(frame, mapping.branch, mapping, {}) if mapping.branch else mapping.branch_value,
            "ticket": _words(frame, mapping.ticket, mapping, {}),
            "service": _words(frame, mapping.service, mapping, dict(mapping.services)),
            "tier": _words(frame, mapping.tier, mapping, dict(mapping.tiers)),
            **when,
            "server": _words(frame, mapping.server, mapping, {}),
            "outcome": outcome,
            "window": _words(frame, mapping.window, mapping, {}),
        },
        index=pd.Index(rows, name="row"),
    )[list(COLUMNS)]
    _repeats(table, mapping, ignored, notes)
    _steps_back(table, mapping, ignored, notes)
    return TicketLog(table, notes.table())


def _moment(frame: pd.DataFrame, mapping: Mapping, name: str, notes: _Notes) -> NDArray[np.datetime64]:
    values, unreadable = moments.first(frame, getattr(mapping, name), mapping)
    severity = "error" if name == "arrived" else "warning"
    done = "the row is refused" if name == "arrived" else f"the {name} time is left empty"
    for column, bad in unreadable:
        notes.add(bad & np.isnat(values), column, "unparsable", severity, f"{name} cannot be read as a time; {done}.")
    return values


def _queue_entry(frame: pd.DataFrame, mapping: Mapping, when: dict[str, NDArray[np.datetime64]], notes: _Notes) -> None:
    queued = _moment(frame, mapping, "queued", notes)
    gap = _seconds(queued, when["arrived"])
    early = (gap < -mapping.tolerance) & (gap > -mapping.past_midnight_hours * 3600)
    notes.add(
        early, mapping.queued[0].column, "queued_early", "warning", "Queue entry is before arrival; left as it is."
    )
    if mapping.arrival_from == "queued":
        when["arrived"] = np.where(np.isnat(queued), when["arrived"], queued)


def _outcomes(
    frame: pd.DataFrame, mapping: Mapping, when: dict[str, NDArray[np.datetime64]], notes: _Notes
) -> tuple[NDArray[np.object_], Flags]:
    present = {name: ~np.isnat(values) for name, values in when.items()}
    guess = np.where(
        present["finished"] | present["called"], "served", np.where(present["left"], "abandoned", "unknown")
    )
    ignored = np.zeros(len(frame), bool)
    if mapping.outcome is None:
        return guess.astype(object), ignored
    codes, words = moments.text(frame[mapping.outcome], mapping.missing)
    meaning = np.array([mapping.outcomes.get(w, w if w in OUTCOMES else "?") for w in words] + ["?"], dtype=object)
    outcome = meaning[codes]
    ignored = outcome == "ignore"
    notes.add(ignored, mapping.outcome, "phantom", "ignored", "The mapping says to ignore this outcome.")
    strange = outcome == "?"
    notes.add(
        strange, mapping.outcome, "unknown_outcome", "warning", "Outcome is not in the mapping; guessed from the times."
    )
    outcome = np.where(strange, guess, np.where(ignored, "unknown", outcome))
    when["left"] = np.where(outcome == "served", np.datetime64("NaT"), when["left"])
    for name in ("called", "finished"):
        when[name] = np.where(outcome == "abandoned", np.datetime64("NaT"), when[name])
    silent = (outcome == "served") & ~present["called"] & ~present["finished"] & ~ignored
    notes.add(
        silent, mapping.outcome, "served_without_times", "warning", "Served, but neither call nor finish time is given."
    )
    return outcome.astype(object), ignored


def _missing_arrivals(mapping: Mapping, arrived: NDArray[np.datetime64], ignored: Flags, notes: _Notes) -> None:
    notes.forgive(ignored, "unparsable", "error")
    gone = np.isnat(arrived) & ~ignored
    for part in notes.parts:
        if part["code"].iloc[0] == "unparsable" and part["severity"].iloc[0] == "error":
            gone &= ~np.isin(notes.rows, part["row"].to_numpy())
    notes.add(gone, mapping.arrived[0].column, "missing_arrival", "error", "No arrival time; the row is refused.")


def _seconds(later: NDArray[np.datetime64], earlier: NDArray[np.datetime64]) -> NDArray[np.float64]:
    gap = later.astype("datetime64[ns]").astype(np.int64) - earlier.astype("datetime64[ns]").astype(np.int64)
    return np.where(np.isnat(later) | np.isnat(earlier), np.nan, gap / 1e9)


def _order(mapping: Mapping, when: dict[str, NDArray[np.datetime64]], notes: _Notes) -> None:
    """Repair rounding, move moments over midnight, drop moments that contradict the one before them."""
    day = np.timedelta64(1, "D")
    for name, before in (("called", "arrived"), ("left", "arrived"), ("finished", "called")):
        column = getattr(mapping, name)[0].column if getattr(mapping, name) else ""
        if not column:
            continue
        start = (
            when[before] if before == "arrived" else np.where(np.isnat(when["called"]), when["arrived"], when["called"])
        )
        gap = _seconds(when[name], start)
        if mapping.past_midnight_hours > 0:
            over = gap <= -mapping.past_midnight_hours * 3600
            when[name] = np.where(over, when[name] + day, when[name])
            notes.add(over, column, "past_midnight", "warning", f"{name} lies on the next day; one day was added.")
            gap = np.where(over, gap + 86400, gap)
        tiny = (gap < 0) & (gap >= -mapping.tolerance)
        notes.add(
            tiny, column, "rounding", "warning", f"{name} is up to {mapping.tolerance:g} s before {before}; set equal."
        )
        when[name] = np.where(tiny, start, when[name])
        negative = gap < -mapping.tolerance
        notes.add(negative, column, "negative_duration", "warning", f"{name} is before {before}; its time was dropped.")
        endless = gap > mapping.longest_hours * 3600
        notes.add(
            endless,
            column,
            "too_long",
            "warning",
            f"{name} is over {mapping.longest_hours:g} h later; its time was dropped.",
        )
        when[name] = np.where(negative | endless, np.datetime64("NaT"), when[name])


def _words(frame: pd.DataFrame, column: str | None, mapping: Mapping, meaning: dict[str, str]) -> pd.Series | None:
    if column is None:
        return None
    codes, words = moments.text(frame[column], mapping.missing)
    named = np.array([meaning.get(word, word) for word in words] + [None], dtype=object)
    return pd.Series(named[codes], index=np.arange(len(frame)) + mapping.first_row, dtype="object")


def _repeats(table: pd.DataFrame, mapping: Mapping, ignored: Flags, notes: _Notes) -> None:
    if mapping.ticket is None:
        return
    keys = [name for name in ("branch", "ticket", "service", "arrived") if table[name].notna().any()]
    counted = ~ignored & table["arrived"].notna().to_numpy() & table["ticket"].notna().to_numpy()
    again = np.zeros(len(table), bool)
    again[counted] = table.loc[counted].duplicated(keys).to_numpy()
    notes.add(again, mapping.ticket, "duplicate", "error", "Same ticket at the same moment as an earlier row; refused.")


def _steps_back(table: pd.DataFrame, mapping: Mapping, ignored: Flags, notes: _Notes) -> None:
    if not mapping.ordered:
        return
    keep = table.loc[~ignored & table["arrived"].notna().to_numpy()]
    highest = keep.groupby("branch", dropna=False)["arrived"].cummax()
    late = (highest - keep["arrived"]).dt.total_seconds() > mapping.tolerance
    back = np.isin(notes.rows, keep.index[late.to_numpy()])
    notes.add(back, mapping.arrived[0].column, "clock_backwards", "warning", "Arrival is earlier than a row above it.")
