"""The lookout of the web process: it tells people when the tick, the workers or a watched work fall silent or fail.

The tick cannot report its own death, and its auditor is a work of the tick. So a thread of the web process, which is
another one, reads the heartbeats every fifteen seconds; pages show what it saw and ask nothing of the database.
"""

import logging
import threading
from dataclasses import dataclass
from datetime import datetime

from django.db import close_old_connections
from django.utils.translation import gettext as _

from counterpoint.foundation import clock, health

log = logging.getLogger("counterpoint.lookout")

EVERY_SECONDS = 15.0
TICK, WORKERS = "tick", "jobs"
SEE = "foundation.watch.view"


@dataclass(frozen=True)
class Trouble:
    """What does not show signs of life, or fails, since when (None: never seen since the start)."""

    name: str
    failing: bool
    since: datetime | None


class Lookout:
    """What was seen last. `look` is called by the thread, `troubles` by pages."""

    def __init__(self) -> None:
        self.since: datetime | None = None
        self._began: dict[str, datetime] = {}
        self._troubles: tuple[Trouble, ...] = ()
        self._thread: threading.Thread | None = None

    def start(self, now: datetime) -> None:
        """Look from now on, in a thread of its own; a second call changes nothing."""
        if self._thread is None:
            self.since = now
            health.serve_from(now)
            self._thread = threading.Thread(target=self._run, name="lookout", daemon=True)
            self._thread.start()

    def look(self, now: datetime) -> tuple[Trouble, ...]:
        """Read the heartbeats once; `now` is real time. A process that has just come up gives the others their time."""
        settled = self.since is None or now - self.since > health.SETTLING
        wrong = [sign for sign in health.beats(now, self.since) if not sign.ok]
        names = {sign.name for sign in wrong}
        found = []
        for sign in wrong if settled else ():
            if TICK in names and sign.name not in (TICK, WORKERS):
                continue  # without the tick no work runs: one sentence says it
            failing = sign.since is not None and sign.detail not in (health.NEVER, health.SILENT)
            began = self._began.setdefault(sign.name, now) if failing else sign.since
            found.append(Trouble(sign.name, failing, began))
        self._began = {name: at for name, at in self._began.items() if name in names}
        self._troubles = tuple(found)
        return self._troubles

    def troubles(self) -> tuple[Trouble, ...]:
        """What was seen last."""
        return self._troubles

    def _run(self) -> None:
        pause = threading.Event()
        while True:
            try:
                close_old_connections()
                self.look(clock.SystemClock().now())
            except Exception as failure:  # a database that is away for a moment must not end the lookout
                log.warning("the lookout saw nothing", extra={"kind": type(failure).__name__})
            pause.wait(EVERY_SECONDS)


lookout = Lookout()


def told(trouble: Trouble, local: datetime | None) -> tuple[str, str]:
    """(what is wrong since when, what to do) in words; `local` is its `since` on the reader's clock."""
    at = f"{local:%Y-%m-%d %H:%M}" if local else _("the start")
    if trouble.name == TICK:
        what = _("Nothing that the clock brings has happened since %(at)s: no escalation, no reminder, no message.")
    elif trouble.name == WORKERS:
        what = _("No background work has been done since %(at)s: imports, plans and reports wait.")
    elif trouble.failing:
        what = _("“%(work)s” has failed since %(at)s.")
    else:
        what = _("“%(work)s” has shown no sign of life since %(at)s.")
    todo = _("Watch deadlines yourself and tell whoever runs the server: “counterpoint doctor” says what to do.")
    return what % {"at": at, "work": health.label_of(trouble.name)}, todo
