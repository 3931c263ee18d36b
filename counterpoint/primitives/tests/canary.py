"""What the canary crawl plants of the primitives: each applet's own rows in a foreign branch."""

from counterpoint.primitives.cases.tests.planted import plant_cases
from counterpoint.primitives.checklists.tests.planted import plant_checklists
from counterpoint.primitives.content.tests.planted import plant_content
from counterpoint.primitives.metrics.tests.planted import plant_metrics
from counterpoint.primitives.playbooks.tests.planted import plant_playbooks


def plant(bank, branch, mark):
    """Each applet plants its own."""
    for planted in (plant_cases, plant_checklists, plant_metrics, plant_content, plant_playbooks):
        planted(bank, branch, mark)
