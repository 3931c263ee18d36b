"""What the canary crawl plants of this room: a number that another system brought to a foreign branch."""

from datetime import date

from counterpoint.analytics.importing import Number, numbers_import


def plant(bank, branch, mark):
    """A marked batch of the Stranger's branch."""
    number = Number(branch.code, "CSAT", date(2026, 11, 16), "", 90.0, 100.0)
    numbers_import(scope=bank.scope("Stranger"), numbers=[number], label=f"{mark}.csv", now=bank.now)
