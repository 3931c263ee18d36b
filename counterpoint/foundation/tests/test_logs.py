"""Log lines hold no telephone, card or identity number, wherever it was put."""

import json
import logging

import pytest

from counterpoint.foundation.logs import JsonFormatter

FIELDS = {
    "path": "/find/13800138000",
    "actor": "0199a1b2-1111-7222-8333-123456789012",
    "count": 12345678,
    "secret": "x",
}


def line(message="", **extra):
    record = logging.LogRecord("counterpoint", logging.INFO, __file__, 1, message, None, None)
    for key, value in extra.items():
        setattr(record, key, value)
    return json.loads(JsonFormatter().format(record))


@pytest.mark.parametrize(
    "number", ["13800138000", "138-0013-8000", "138 0013 8000", "6222021234567890123", "11010519491231002X"]
)
def test_long_numbers_are_masked_however_they_are_grouped(number):
    assert line(f"call {number} back")["message"] == "call ••• back"


def test_dates_in_short_and_counts_stay_readable():
    for text in ("12 of 500 rows in 3.5 s", "closed 2026-11-23 at 20:55"):
        assert line(text)["message"] == text


def test_fields_are_masked_like_the_message_but_ids_stay():
    told = line("found", **FIELDS)
    assert told["path"] == "/find/•••"
    assert told["actor"] == FIELDS["actor"] and told["count"] == 12345678
    assert "secret" not in told
