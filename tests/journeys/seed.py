"""Write the demo bank with a shorter past into COUNTERPOINT_HOME: the same story, ready in seconds."""

import os
import sys
from datetime import timedelta
from pathlib import Path

os.environ["COUNTERPOINT_PROFILE"] = "demo"


def write(days: int) -> None:
    """Seed the bank up to 10:30 of the payday with so many days of simulated history, and keep that start."""
    from counterpoint.config import profile as profiles

    profiles.start("demo")
    from django.conf import settings
    from django.db import connections

    from counterpoint.config.demo import controls, seeding, snapshot, story
    from counterpoint.config.up_command import prepare
    from counterpoint.foundation.api import clock

    prepare()
    clock.use(clock.FixedClock(story.start()))
    seeding.seed(until=story.start(), history=timedelta(days=days))
    controls.install(profiles.home())
    connections.close_all()
    snapshot.keep(Path(str(settings.DATABASES["default"]["NAME"])), profiles.home())


if __name__ == "__main__":
    write(int(sys.argv[1]))
