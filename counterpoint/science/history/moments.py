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
    values = pd.to_datetime(pd.Series(padded, dtype="object"), format=format_, errors="coerce")
    return cast("NDArray[np.datetime64]", values.to_numpy().astype("datetime64[ns]"))


def read(frame: pd.DataFrame, stamp: Stamp, mapping: Mapping) -> tuple[NDArray[np.datetime64], Flags, Flags]:
    """Moments of one stamp, with flags for missing and for unreadable values."""
    nat = np.datetime64("NaT", "ns")
    column = frame[stamp.column]
    if stamp.date is None:
        if pd.api.types.is_datetime64_any_dtype(column):
            if getattr(column.dt, "tz", None) is not None:
                column = column.dt.tz_localize(None)
            values = column.to_numpy().astype("datetime64[ns]")
            return values, np.isnat(values), np.zeros(len(values), bool)
        codes, words = text(column, mapping.missing)
        if stamp.format is None:
            parsed = pd.to_datetime(pd.Series(words, dtype="object"), errors="coerce", format="ISO8601")
        else:
            parsed = pd.to_datetime(pd.Series(words, dtype="object"), errors="coerce", format=stamp.format)
        values = _take(parsed.to_numpy().astype("datetime64[ns]"), codes, nat)
        return values, codes < 0, (codes >= 0) & np.isnat(values)
    day_codes, day_words = text(frame[stamp.date], mapping.missing)
    codes, words = text(column, mapping.missing)
    clock = np.array([_seconds(word) for word in words], dtype=float)
    seconds = _take(clock, codes, np.nan)
    days = _take(_dates(day_words, mapping.date_format), day_codes, nat)
    missing = (codes < 0) | (day_codes < 0)
    if mapping.zero_is_missing:
        missing |= seconds == 0
    bad = ~missing & (np.isnan(seconds) | np.isnat(days))
    shift = np.where(np.isnan(seconds), 0, seconds * 1000).astype("timedelta64[ms]")
    values = np.where(missing | bad, nat, days + shift).astype("datetime64[ns]")
    return values, missing, bad


def first(
    frame: pd.DataFrame, stamps: tuple[Stamp, ...], mapping: Mapping
) -> tuple[NDArray[np.datetime64], list[tuple[Stamp, Flags]]]:
    """First present moment over several stamps, and per stamp the rows it could not be read on."""
    values = np.full(len(frame), np.datetime64("NaT", "ns"))
    unreadable: list[tuple[Stamp, Flags]] = []
    for stamp in stamps:
        one, _, bad = read(frame, stamp, mapping)
        values = np.where(np.isnat(values), one, values)
        if bad.any():
            unreadable.append((stamp, bad))
    return values, unreadable
