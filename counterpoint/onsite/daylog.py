"""A closed day's tickets as compressed columns: about 12 bytes a ticket instead of a row of 30 fields.

Layout: zlib over a JSON header line (lists of words, counts) followed by little-endian arrays in the order of ARRAYS.
Moments are seconds after the local midnight of the business date (branch wall clock), −1 when they never came. A day
of which no window is known is written as version 1, without them, so that the same history keeps the same bytes.
"""

import json
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

ARRAYS = (
    ("service", "<u1"), ("tier", "<u1"), ("server", "<i2"), ("outcome", "<u1"), ("taken", "<i4"), ("called", "<i4"),
    ("finished", "<i4"), ("left", "<i4"), ("low", "<f4"), ("high", "<f4"), ("window", "<i2"),
)  # fmt: skip
LAYOUTS = {1: ARRAYS[:-1], 2: ARRAYS}
OUTCOMES = ("served", "abandoned", "unknown", "waiting")  # waiting: only on a day that is still open


class BadDayLog(ValueError):
    """The bytes are not a day log of a known version."""


@dataclass(frozen=True)
class DayTickets:
    """Columns of one day, one entry a ticket: words as indexes into `services`, `tiers`, `servers`, `windows`
    (−1 for none).

    Numbers: seconds of day (int), promise in minutes (NaN when none was made).
    """

    services: tuple[str, ...]
    tiers: tuple[str, ...]
    servers: tuple[str, ...]
    tickets: tuple[str, ...]
    windows: tuple[str, ...]
    columns: "dict[str, NDArray[Any]]"

    def __len__(self) -> int:
        return len(self.columns["taken"])

    def words(self, name: str) -> "NDArray[np.object_]":
        """A column of words: service, tier, server, window or outcome; None where there is none."""
        import numpy as np

        table = {
            "service": self.services, "tier": self.tiers, "server": self.servers, "outcome": OUTCOMES,
            "window": self.windows,
        }[name]  # fmt: skip
        lookup = np.array([*table, None], dtype=object)
        codes = self.columns[name].astype("int64")
        return np.asarray(lookup[np.where((codes < 0) | (codes >= len(table)), len(table), codes)])

    @property
    def waits(self) -> "NDArray[np.float64]":
        """Minutes from ticket to call of those that were called."""
        called = self.columns["called"]
        return (called[called >= 0] - self.columns["taken"][called >= 0]) / 60.0


def pack(day: DayTickets) -> bytes:
    """Bytes of a day; `unpack` gives an equal one."""
    import numpy as np

    version = 2 if day.windows else 1
    head = {
        "version": version, "count": len(day), "services": day.services, "tiers": day.tiers, "servers": day.servers,
        "tickets": day.tickets, **({"windows": day.windows} if day.windows else {}),
    }  # fmt: skip
    body = b"".join(np.ascontiguousarray(day.columns[name], dtype=kind).tobytes() for name, kind in LAYOUTS[version])
    return zlib.compress(json.dumps(head, ensure_ascii=False).encode() + b"\n" + body, 6)


def unpack(data: bytes) -> DayTickets:
    """The day in `data`; raises `BadDayLog`."""
    import numpy as np

    try:
        head_bytes, body = zlib.decompress(bytes(data)).split(b"\n", 1)
        head = json.loads(head_bytes)
    except (zlib.error, ValueError) as wrong:
        raise BadDayLog("These bytes are not a day log.") from wrong
    layout = LAYOUTS.get(head.get("version"))
    if layout is None:
        raise BadDayLog(f"Day log version {head.get('version')} is not known.")
    columns, at = {"window": np.full(head["count"], -1, "<i2")}, 0
    for name, kind in layout:
        size = np.dtype(kind).itemsize * head["count"]
        columns[name] = np.frombuffer(body[at : at + size], dtype=kind)
        at += size
    services, tiers, servers, tickets = (tuple(head[name]) for name in ("services", "tiers", "servers", "tickets"))
    return DayTickets(services, tiers, servers, tickets, tuple(head.get("windows", ())), columns)


def from_rows(rows: list[dict[str, Any]]) -> DayTickets:
    """From plain rows with ticket, service, tier, server, outcome, taken, called, finished, left, low, high, and
    window where it is known."""
    import numpy as np

    def table(name: str) -> tuple[str, ...]:
        return tuple(sorted({str(r[name]) for r in rows if r.get(name)}))

    services, tiers, servers, windows = table("service"), table("tier"), table("server"), table("window")
    if len(services) > 254 or len(tiers) > 254:
        raise BadDayLog("A day holds at most 254 services and 254 tiers.")

    def index(name: str, words: tuple[str, ...]) -> list[int]:
        place = {word: i for i, word in enumerate(words)}
        return [place.get(str(r[name]), -1) if r.get(name) else -1 for r in rows]

    coded = {
        "service": index("service", services), "tier": index("tier", tiers), "server": index("server", servers),
        "outcome": index("outcome", OUTCOMES), "window": index("window", windows),
    }  # fmt: skip
    numbers = {name: [r[name] for r in rows] for name in ("taken", "called", "finished", "left")}
    promise = {name: [np.nan if r[name] is None else r[name] for r in rows] for name in ("low", "high")}
    kinds = dict(ARRAYS)
    plain = {**coded, **numbers, **promise}
    columns = {name: np.array(values).astype(kinds[name]) for name, values in plain.items()}  # −1 wraps to 255
    return DayTickets(services, tiers, servers, tuple(str(r["ticket"]) for r in rows), windows, columns)


def summary(day: DayTickets) -> dict[str, Any]:
    """Arrivals, served, abandoned, mean and P90 wait in minutes (of those called), share of promises kept."""
    import numpy as np

    served = int((day.columns["outcome"] == OUTCOMES.index("served")).sum())
    abandoned = int((day.columns["outcome"] == OUTCOMES.index("abandoned")).sum())
    waits = day.waits
    called = day.columns["called"] >= 0
    high = day.columns["high"][called]
    promised = ~np.isnan(high)
    kept = float((waits[promised] <= high[promised] + 0.5).mean()) if promised.any() else None
    return {
        "arrivals": len(day), "served": served, "abandoned": abandoned,
        "mean_wait": round(float(waits.mean()), 2) if len(waits) else None,
        "p90_wait": round(float(np.quantile(waits, 0.9)), 2) if len(waits) else None,
        "promised": int(promised.sum()), "promise_kept": None if kept is None else round(kept, 4),
    }  # fmt: skip


def frame(day: DayTickets, on: Any, branch: str) -> "pd.DataFrame":
    """The columns of `counterpoint.science.history`: one row a ticket, moments as branch-local wall clock."""
    import numpy as np
    import pandas as pd

    midnight = np.datetime64(on, "s")

    def moment(name: str) -> "NDArray[np.datetime64]":
        seconds = day.columns[name].astype("int64")
        at = midnight + seconds.astype("timedelta64[s]")
        return np.where(seconds >= 0, at, np.datetime64("NaT")).astype("datetime64[ns]")

    return pd.DataFrame(
        {
            "branch": branch, "ticket": list(day.tickets), "service": day.words("service"), "tier": day.words("tier"),
            "arrived": moment("taken"), "called": moment("called"), "finished": moment("finished"),
            "left": moment("left"), "server": day.words("server"), "outcome": day.words("outcome"),
            "window": day.words("window"),
        }
    )  # fmt: skip


def from_frame(log: "pd.DataFrame", on: Any) -> DayTickets:
    """From rows of one date in the columns of `counterpoint.science.history` (promises are not known there, and the
    window may not be)."""
    import numpy as np
    import pandas as pd

    midnight = np.datetime64(on, "s")

    def held(name: str) -> list[Any]:
        """A column with None where nothing is."""
        column = log[name].to_numpy(dtype=object) if name in log else np.full(len(log), None, dtype=object)
        return [None if gone else word for word, gone in zip(column, pd.isna(column).tolist(), strict=True)]

    def words(name: str, known: tuple[str, ...] | None = None) -> "tuple[NDArray[np.int64], tuple[str, ...]]":
        found = held(name)
        table = known or tuple(sorted(set(found) - {None}))
        place = {word: i for i, word in enumerate(table)}
        none = known.index("unknown") if known else -1
        return np.array([place.get(word, none) for word in found], dtype="int64"), tuple(str(word) for word in table)

    def seconds(name: str) -> "NDArray[np.int64]":
        at = log[name].to_numpy(dtype="datetime64[s]")
        gap = (at - midnight).astype("int64")
        return np.where(np.isnat(at), -1, gap)

    (service, services), (tier, tiers) = words("service"), words("tier")
    (server, servers), (window, windows) = words("server"), words("window")
    if len(services) > 254 or len(tiers) > 254:
        raise BadDayLog("A day holds at most 254 services and 254 tiers.")
    columns = {
        "service": service, "tier": tier, "server": server, "outcome": words("outcome", OUTCOMES)[0], "window": window,
        "taken": seconds("arrived"), "called": seconds("called"), "finished": seconds("finished"),
        "left": seconds("left"), "low": np.full(len(log), np.nan), "high": np.full(len(log), np.nan),
    }  # fmt: skip
    typed = {name: columns[name].astype(kind) for name, kind in ARRAYS}
    tickets = tuple("" if ticket is None else str(ticket) for ticket in held("ticket"))
    return DayTickets(services, tiers, servers, tickets, windows, typed)
