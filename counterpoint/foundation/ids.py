"""Ids that leave the process are UUIDv7: sortable by creation, unguessable, no counter to leak volume."""

import uuid

from uuid6 import uuid7


def new_id() -> uuid.UUID:
    """A fresh UUIDv7. The one place below a view that may read clock and randomness besides `clock`."""
    return uuid.UUID(bytes=uuid7().bytes)
