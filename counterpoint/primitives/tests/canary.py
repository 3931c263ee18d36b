"""What the canary crawl plants of this room: a row of each model of each applet in a foreign branch."""

from counterpoint.primitives.checklists.tests.planted import plant_checklists


def plant(bank, branch, mark):
    """Each applet plants its own."""
    plant_checklists(bank, branch, mark)
