"""Vectorised reading of dates and times as ticket machines write them; each distinct text is parsed once."""

from __future__ import annotations

import re
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from counterpoint.science.history.mapping import Mapping, Stamp

Flags = NDArray[np.bool_]
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?\Z")
_OFFSET = re.compile(r"([T ]\d{1,2}:?\d{2}(?::?\d{2}(?:[.,]\d+)?)?) ?(?:[Zz]|[+-]\d{2}(?::?\d{2})?)\Z")


def text(column: pd.Series, missing: tuple[str, ...]) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    """Codes per row and the distinct stripped texts; code -1 marks a missing value."""
    codes, distinct = pd.factorize(column)
    words = np.array([_plain(value) for value in distinct], dtype=object)
    gone = np.isin(words, np.array(missing, dtype=object)) if len(words) else np.zeros(0, bool)
    if gone.any():
        codes = np.where((codes >= 0) & gone[np.maximum(codes, 0)], -1, codes)
    return codes, words


def _plain(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def _take(values: pd.Series | NDArray, codes: NDArray[np.int64], empty: object) -> NDArray:
    known = np.asarray(values)
    out = np.concatenate([known, np.array([empty], dtype=known.dtype)])
    return out[codes]


def _seconds(word: str) -> float:
    found = _CLOCK.match(word)
    if found:
        hour, minute, second, part = found.groups()
        if int(minute) > 59 or int(second or 0) > 59 or int(hour) > 47:
            return np.nan
        return int(hour) * 3600 + int(minute) * 60 + int(second or 0) + float(f"0.{part}" if part else 0)
    if re.fullmatch(r"\d+(\.\d+)?", word) and float(word) < 172800:
        return float(word)
    return np.nan


def _dates(words: NDArray[np.object_], format_: str | None) -> NDArray[np.datetime64]:
    padded = [w.zfill(6) if format_ == "%y%m%d" and w.isdigit() else w for w in words]
    values = pd.to_datetime(pd.Series(padded, dtype="object"), format=format_ or "ISO8601", errors="coerce")
    return cast("NDArray[np.datetime64]", values.to_numpy().astype("datetime64[ns]"))


def _whole(words: NDArray[np.object_], format_: str | None) -> NDArray[np.datetime64]:
    """Date and time in one text, as the clock on the wall showed it: an offset from UTC is left away, not applied."""
    if format_ is None or format_.endswith("%z"):
        words = np.array([_OFFSET.sub(r"\1", word) for word in words], dtype=object)
        format_ = format_.removesuffix("%z").rstrip() if format_ else "ISO8601"
    values = pd.to_datetime(pd.Series(words, dtype="object"), errors="coerce", format=format_)
    return cast("NDArray[np.datetime64]", values.to_numpy().astype("datetime64[ns]"))


def read(
    frame: pd.DataFrame, stamp: Stamp, mapping: Mapping
) -> tuple[NDArray[np.datetime64], Flags, list[tuple[str, Flags]]]:
    """Moments of one stamp, with flags for missing values and, per source column, for unreadable ones."""
    nat = np.datetime64("NaT", "ns")
    column = frame[stamp.column]
    if stamp.date is None:
        if pd.api.types.is_datetime64_any_dtype(column):
            if getattr(column.dt, "tz", None) is not None:
                column = column.dt.tz_localize(None)
            given = column.to_numpy()
            values = given.astype("datetime64[ns]")
            far = ~np.isnat(given) & (values.astype(given.dtype) != given)  # 9999-12-31 does not fit nanoseconds
            return np.where(far, nat, values), np.isnat(given), [(stamp.column, far)]
        codes, words = text(column, mapping.missing)
        values = _take(_whole(words, stamp.format), codes, nat)
        return values, codes < 0, [(stamp.column, (codes >= 0) & np.isnat(values))]
    day_codes, day_words = text(frame[stamp.date], mapping.missing)
    codes, words = text(column, mapping.missing)
    clock = np.array([_seconds(word) for word in words], dtype=float)
    seconds = _take(clock, codes, np.nan)
    days = _take(_dates(day_words, mapping.date_format), day_codes, nat)
    missing = (codes < 0) | (day_codes < 0)
    if mapping.zero_is_missing:
        missing |= seconds == 0
    bad_day = ~missing & np.isnat(days)
    bad_clock = ~missing & ~bad_day & np.isnan(seconds)
    shift = np.rint(np.where(np.isnan(seconds), 0, seconds * 1000)).astype("timedelta64[ms]")
    values = np.where(missing | bad_day | bad_clock, nat, days + shift).astype("datetime64[ns]")
    return values, missing, [(stamp.date, bad_day), (stamp.column, bad_clock)]


def first(
    frame: pd.DataFrame, stamps: tuple[Stamp, ...], mapping: Mapping
) -> tuple[NDArray[np.datetime64], list[tuple[str, Flags]]]:
    """First present moment over several stamps, and per source column the rows it could not be read on."""
    values = np.full(len(frame), np.datetime64("NaT", "ns"))
    unreadable: list[tuple[str, Flags]] = []
    for stamp in stamps:
        one, _, bad = read(frame, stamp, mapping)
        values = np.where(np.isnat(values), one, values)
        unreadable += [(column, flags) for column, flags in bad if flags.any()]
    return values, unreadable
