"""Structured logs: an allow-list of fields, so that personal data cannot slip in by accident."""

import json
import logging
import re

ALLOWED = (
    "event",
    "code",
    "path",
    "method",
    "status",
    "actor",
    "org",
    "job",
    "kind",
    "ms",
    "attempt",
    "count",
    "device",
)
DIGITS = re.compile(r"(?<!\d)(?!\d{4}-\d\d-\d\d(?!\d))\d(?:[ -]?\d){6,}[Xx]?")  # a date stays readable
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _masked(value: object) -> object:
    return DIGITS.sub("•••", value) if isinstance(value, str) and not UUID.fullmatch(value) else value


class JsonFormatter(logging.Formatter):
    """One JSON object a line. Long digit runs (phone, card, identity numbers) are masked everywhere."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "message": DIGITS.sub("•••", record.getMessage()),
        }
        line |= {key: _masked(getattr(record, key)) for key in ALLOWED if hasattr(record, key)}
        if record.exc_info:
            line["trace"] = DIGITS.sub("•••", self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)
