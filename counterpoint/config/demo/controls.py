"""Moving the demo's clock: speed, pause, back to 10:30; and remembering the time over a stop."""

from __future__ import annotations

import json
import os
import signal
from datetime import datetime
from pathlib import Path

from counterpoint.config.demo import story
from counterpoint.foundation.api import DomainError, clock

PACE, LAST, REWIND = "pace.json", "player.json", "rewind"


class NotADemo(DomainError):
    """The clock can be moved only in the demo profile."""

    code = "not_a_demo"
    status = 404


def demo_clock(home: Path) -> clock.DemoClock:
    """The demo's clock in this home, whether or not it is installed."""
    current = clock.current()
    return current if isinstance(current, clock.DemoClock) else clock.DemoClock(home / PACE)


def install(home: Path) -> None:
    """Make demo time the time of this process."""
    clock.use(clock.DemoClock(home / PACE))


def speed_set(home: Path, real: datetime, speed: float) -> clock.Pace:
    """Run on from the present demo instant at another speed; 0 is a pause."""
    if speed not in story.SPEEDS:
        raise NotADemo(f"Choose one of the speeds {story.SPEEDS}.")
    found = demo_clock(home)
    pace = (found.pace(real) or story.opening_pace(real, speed)).changed(real, speed)
    found.set_pace(pace)
    return pace


def resume(home: Path, real: datetime, speed: float) -> clock.Pace:
    """After a stop: go on from the last played instant; the first time from 10:30."""
    last = home / LAST
    pace = story.opening_pace(real, speed)
    if last.is_file():
        pace = clock.Pace(real, datetime.fromisoformat(json.loads(last.read_text())["demo"]), speed)
    clock.DemoClock(home / PACE).set_pace(pace)
    return pace


def remember(home: Path, now: datetime) -> None:
    """Note how far the day was played."""
    draft = home / f"{LAST}.{os.getpid()}"
    draft.write_text(json.dumps({"demo": now.isoformat()}))
    draft.replace(home / LAST)


def ask_rewind(home: Path) -> None:
    """Ask the running demo to begin again at 10:30."""
    (home / REWIND).touch()


def rewind_asked(home: Path) -> bool:
    """Whether somebody asked."""
    return (home / REWIND).exists()


def stop_tree() -> None:
    """End the process tree that this player belongs to; its command begins the story again."""
    os.kill(os.getppid(), signal.SIGTERM)
