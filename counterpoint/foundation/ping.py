"""A word to a dead-man service each minute that all is well. It is the service that rings when the word fails to come.

The word is sent only while workers and watched works are well, too, and from a thread of its own: a service that hangs
never holds up the tick.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db.utils import Error

from counterpoint.foundation import fetch, health
from counterpoint.foundation.errors import DomainError

log = logging.getLogger("counterpoint.ping")

SECONDS = 5.0
Ask = Callable[[str], object]


class Pinger:
    """Sends one word at a time."""

    def __init__(self, ask: Ask | None = None) -> None:
        self._ask = ask or (lambda url: fetch.ask(url, seconds=SECONDS))
        self.thread: threading.Thread | None = None

    def ping(self, now: datetime) -> bool:
        """Send a word unless one is under way, none is wanted, or something is not well; `now` is real time. Returns
        whether it set out."""
        if not settings.PING_ADDRESS or (self.thread is not None and self.thread.is_alive()) or not _well(now):
            return False
        self.thread = threading.Thread(target=self._send, args=(settings.PING_ADDRESS,), name="ping", daemon=True)
        self.thread.start()
        return True

    def _send(self, url: str) -> None:
        try:
            self._ask(url)
        except DomainError as failure:
            log.warning("the dead-man service was not reached", extra={"kind": failure.code})
        except Exception as failure:  # whatever goes wrong on the way is the service's to notice
            log.warning("the dead-man service was not reached", extra={"kind": type(failure).__name__})


def _well(now: datetime) -> bool:
    """Workers and watched works; of the tick itself the word is the sign."""
    try:
        return all(sign.ok for sign in health.beats(now) if sign.name != "tick")
    except Error:
        return False


pinger = Pinger()
