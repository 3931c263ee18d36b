"""What SQLite gives back as Python values. The same rows are read again and again, so a value that was made of a text
before is taken from there: an instant and an id never change. Making them was a fifth of reading a hall."""

import sqlite3
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import django.db.backends.sqlite3.base  # noqa: F401  (Django's modules for SQLite import each other; this is their door)
from django.db.backends.sqlite3.operations import DatabaseOperations
from django.utils.dateparse import parse_datetime

REMEMBERED = 16_384

_id = lru_cache(REMEMBERED)(UUID)


@lru_cache(REMEMBERED)
def _instant(text: bytes) -> datetime | None:
    return parse_datetime(text.decode())


@lru_cache(REMEMBERED)
def _aware(instant: datetime) -> datetime:
    return instant.replace(tzinfo=UTC)


class Operations(DatabaseOperations):
    """Django's own, with a memory. The database speaks UTC."""

    def convert_datetimefield_value(self, value: Any, expression: Any, connection: Any) -> Any:
        if isinstance(value, datetime) and value.tzinfo is None:
            return _aware(value)
        return super().convert_datetimefield_value(value, expression, connection)

    def convert_uuidfield_value(self, value: Any, _expression: Any, _connection: Any) -> Any:
        return None if value is None else _id(value)


def remember() -> None:
    """From now on the driver parses an instant once."""
    for name in ("datetime", "timestamp"):
        sqlite3.register_converter(name, _instant)
