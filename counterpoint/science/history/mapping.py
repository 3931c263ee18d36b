"""How the columns of a source log map to tickets; plain data that can live in JSON or YAML."""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field, fields
from typing import Any


class MappingError(ValueError):
    """The mapping itself is wrong (unknown key, absent column); the message names it."""


@dataclass(frozen=True)
class Stamp:
    """Where a moment stands: one column with date and time, or a time column beside a date column.

    `format` is the strptime format of a combined column, or None for ISO-like text and real datetimes. Split time
    columns hold H:MM, H:MM:SS or seconds after midnight; 24:10 and 25:10 mean ten past midnight and ten past one of
    the next day.
    """

    column: str
    date: str | None = None
    format: str | None = None

    @classmethod
    def read(cls, value: Any) -> Stamp:
        """From a column name, a dict, or a Stamp."""
        if isinstance(value, cls):
            return value
        if isinstance(value, str):
            return cls(value)
        if not isinstance(value, AnyMapping) or set(value) - {"column", "date", "format"} or "column" not in value:
            raise MappingError(f"{value!r} is no time stamp; write a column name or {{column, date, format}}.")
        return cls(**value)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


Stamps = tuple[Stamp, ...]
_STAMPS = ("arrived", "called", "finished", "left", "queued")


@dataclass(frozen=True)
class Mapping:
    """Source columns and value meanings of one ticket log.

    `arrived`, `called`, `finished`, `left`, `queued` name moments; several stamps mean "the first that is present".
    `queued` is a separate queue-entered column; with `arrival_from="queued"` it becomes the arrival where present.
    `services`, `tiers`, `outcomes` translate values (others are kept; unknown outcomes become "unknown" with a
    warning); outcomes are served, abandoned, unknown or ignore. `missing` lists tokens that mean "no value";
    `zero_is_missing` treats a time of 0:00:00 so. `date_format` is the strptime format of date columns, or None for
    ISO-like text: the order of day and month is never guessed. `past_midnight_hours` > 0 moves a later moment that
    lies before the arrival by at least this many hours to the next day. `tolerance` seconds of backward time are a
    clock's rounding: repaired with a warning. `ordered` says rows are in ticket order, so a clock that steps back is
    reported.
    """

    arrived: Stamps
    called: Stamps = ()
    finished: Stamps = ()
    left: Stamps = ()
    queued: Stamps = ()
    arrival_from: str = "arrived"
    branch: str | None = None
    branch_value: str = ""
    ticket: str | None = None
    service: str | None = None
    tier: str | None = None
    server: str | None = None
    window: str | None = None
    outcome: str | None = None
    services: AnyMapping[str, str] = field(default_factory=dict)
    tiers: AnyMapping[str, str] = field(default_factory=dict)
    outcomes: AnyMapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ("", "NULL", "null", "None", "NaN", "nan", "N/A")
    zero_is_missing: bool = False
    date_format: str | None = None
    past_midnight_hours: float = 12.0
    tolerance: float = 2.0
    longest_hours: float = 12.0
    ordered: bool = False
    first_row: int = 2

    def __post_init__(self) -> None:
        wrong = set(self.outcomes.values()) - {"served", "abandoned", "unknown", "ignore"}
        if wrong:
            raise MappingError(f"outcomes may map to served, abandoned, unknown or ignore, not {sorted(wrong)[0]!r}.")
        if self.arrival_from not in ("arrived", "queued"):
            raise MappingError("arrival_from must be 'arrived' or 'queued'.")
        if not self.arrived:
            raise MappingError("arrived is empty: name the column with the moment the customer took a ticket.")

    @classmethod
    def from_dict(cls, data: AnyMapping[str, Any]) -> Mapping:
        """Read plain data as JSON or YAML give it; a single stamp or token may stand for a list of one, and an empty
        value for a key left out."""
        known = {f.name for f in fields(cls)}
        unknown = sorted(set(data) - known)
        if unknown:
            raise MappingError(f"mapping key {unknown[0]!r} is unknown; keys are {', '.join(sorted(known))}.")
        values = {name: value for name, value in data.items() if value is not None}
        if "arrived" not in values:
            raise MappingError("mapping lacks 'arrived', the column with the moment the customer took a ticket.")
        for name in _STAMPS:
            if name in values:
                values[name] = tuple(Stamp.read(item) for item in _listed(values[name]))
        for name in ("services", "tiers", "outcomes"):
            if name in values:
                if not isinstance(values[name], AnyMapping):
                    raise MappingError(
                        f"{name} must map each value of the source to its meaning, not {values[name]!r}."
                    )
                values[name] = {str(k): str(v) for k, v in values[name].items()}
        if "missing" in values:
            values["missing"] = tuple(str(token) for token in _listed(values["missing"]))
        return cls(**values)

    def columns(self) -> tuple[str, ...]:
        """Every source column the mapping reads."""
        words = (self.branch, self.ticket, self.service, self.tier, self.server, self.outcome, self.window)
        names = [word for word in words if word]
        for group in _STAMPS:
            for stamp in getattr(self, group):
                names += [stamp.column] + ([stamp.date] if stamp.date else [])
        return tuple(dict.fromkeys(names))
