"""What the house does by itself: a practice branch that was left alone for two weeks is closed."""

from datetime import datetime

from counterpoint.academy.practice import worlds
from counterpoint.foundation.api import tick


@tick.every("academy.worlds", 3600)
def close_idle(now: datetime) -> int:
    """Close what was made two weeks ago and is open still."""
    return worlds.retire_idle(now)
