"""What the canary crawl plants of the primitives: each applet's own rows."""

from counterpoint.primitives.cases.tests.planted import plant_cases


def plant(bank, branch, mark):
    """Marked rows of every applet in the foreign branch."""
    plant_cases(bank, branch, mark)
