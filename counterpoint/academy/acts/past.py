"""Act of the past: a ticket history of the weeks before, so that a practice branch knows what usually comes."""

from datetime import date, datetime, timedelta
from typing import Any

from counterpoint.academy.acts.registry import Args, Doing, act
from counterpoint.foundation.api import hours_of, scoped
from counterpoint.onsite import api as onsite

SERVED = {  # what comes, by share of the day; minutes at the window
    "cash_withdrawal": (0.3, 4), "cash_deposit": (0.25, 4), "transfer": (0.25, 6), "open_account": (0.1, 18),
    "pension_social": (0.1, 6),
}  # fmt: skip
SEED = 41  # with the date: the same weeks at every branch


@act("onsite.history", takes="weeks customers")
def history(doing: Doing, args: Args) -> None:
    """Weeks of tickets, so many customers a day, more in the forenoon; the words name the file."""
    import pandas as pd

    from counterpoint.science.history import Mapping, normalise

    today = doing.branch.date_at(doing.now)
    with scoped(doing.scope):
        hours = hours_of(doing.branch)
    rows: list[dict[str, Any]] = []
    for back in range(7 * int(args["weeks"]), 0, -1):
        on = today - timedelta(days=back)
        for span in hours.on(on, provisional=True):
            rows += _tickets(on, span, int(args["customers"]))
    names = {name: name for name in ("ticket", "service", "arrived", "called", "finished", "server")}
    log = normalise(pd.DataFrame(rows), Mapping.from_dict(names))
    onsite.history_import(
        scope=doing.scope, branches=[doing.branch], log=log.usable, label=doing.words[:120], now=doing.now,
        source="simulated",
    )  # fmt: skip


def _tickets(on: date, span: tuple[int, int], customers: int) -> list[dict[str, Any]]:
    import numpy as np

    drawn = np.random.default_rng([SEED, on.toordinal()])
    minutes = sorted(drawn.triangular(span[0], span[0] + 90, span[1] - 10, customers).tolist())
    shares = [share for share, _minutes in SERVED.values()]
    kinds = drawn.choice(list(SERVED), customers, p=shares).tolist()
    midnight, rows = datetime.combine(on, datetime.min.time()), []
    for number, (minute, kind) in enumerate(zip(minutes, kinds, strict=True), 1):
        called = minute + float(drawn.exponential(4))
        done = called + SERVED[kind][1] * float(drawn.lognormal(-0.08, 0.4))
        at = [f"{midnight + timedelta(minutes=one):%Y-%m-%d %H:%M:%S}" for one in (minute, called, done)]
        rows.append({"ticket": f"A{number:03d}", "service": kind, "arrived": at[0], "called": at[1], "finished": at[2],
                     "server": f"{1 + number % 3}"})  # fmt: skip
    return rows
