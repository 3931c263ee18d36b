"""Promises and the next two hours: from the twin's futures when they are warm, else from the formula."""

from datetime import datetime

from counterpoint.onsite.queries.state import Hall
from counterpoint.onsite.rules.promise import Promise


def promise(hall: Hall, service: str, order: tuple[int, datetime, str] | None) -> Promise:
    """Minutes until the call, as a range, and what it comes from."""
    return hall.promise(service, order)
