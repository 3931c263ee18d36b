"""Acts on figures of other systems: a file with them is brought in."""

from counterpoint.academy.acts.registry import Args, Doing, act
from counterpoint.analytics import api as analytics


@act("figures.import", takes="series amount base")
def brought_in(doing: Doing, args: Args) -> None:
    """Bring in today's number of a series, with its base where it has one; the words name the file."""
    base = float(args["base"]) if "base" in args else None
    on = doing.branch.date_at(doing.now)
    number = analytics.Number(doing.branch.code, str(args["series"]), on, "", float(args["amount"]), base)
    analytics.numbers_import(scope=doing.scope, numbers=[number], label=doing.words[:120], now=doing.now)
