"""Files as branches hand them in, and ticket logs as they come out of them."""

import io

import pandas as pd
from openpyxl import Workbook

from counterpoint.science.history import Mapping, TicketLog, normalise
from counterpoint.team import planning

COLUMNS = ("ticket", "service", "arrived", "called", "finished", "left", "server", "outcome")


def workbook(*rows):
    """The bytes of an xlsx whose first sheet holds these rows."""
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def saved(folder, content, name="history.csv"):
    """A file with this content: text is written as UTF-8, bytes as they are."""
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def read(folder, content, name="history.csv", *, columns=None, skip_bad_rows=False, **said):
    """The log of a file with this content; `said` is the mapping file."""
    plan = planning.ReadPlan.from_dict(said) if said else planning.ReadPlan()
    return planning.read_history(saved(folder, content, name), plan, columns or {}, skip_bad_rows=skip_bad_rows)


def log(*rows) -> TicketLog:
    """A clean log of dicts with any of COLUMNS; moments are written like "2026-11-23 09:05"."""
    frame = pd.DataFrame([{name: row.get(name, "") for name in COLUMNS} for row in rows], columns=list(COLUMNS))
    return normalise(frame, Mapping.from_dict({name: name for name in COLUMNS}))


def ticket(number, at, *, service="cash", waits=2.0, takes=5.0, server="K1", left=None, outcome=None):
    """One ticket as `log` takes it: served after `waits` minutes, or gone after `left`."""
    arrived = pd.Timestamp(at)
    row = {"ticket": f"A{number}", "service": service, "arrived": str(arrived)}
    if left is not None:
        return {**row, "left": str(arrived + pd.Timedelta(minutes=left)), "outcome": "abandoned"}
    if outcome == "abandoned":
        return {**row, "outcome": outcome}
    called = arrived + pd.Timedelta(minutes=waits)
    done = {"called": str(called), "finished": str(called + pd.Timedelta(minutes=takes))}
    return {**row, **done, "server": server, "outcome": outcome or "served"}
