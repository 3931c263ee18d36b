"""Nouns of the foundation."""

from counterpoint.foundation.models.org import Counter, Device, OpeningHours, OrgUnit, SpecialDay, Zone
from counterpoint.foundation.models.people import DeviceKey, Post, RateBucket, User
from counterpoint.foundation.models.records import (
    Channel,
    Heartbeat,
    JobRun,
    JournalEntry,
    JournalHead,
    JournalText,
    Message,
    StoredFile,
)
from counterpoint.foundation.models.worlds import PracticeWorld

__all__ = [
    "Channel",
    "Counter",
    "Device",
    "DeviceKey",
    "Heartbeat",
    "JobRun",
    "JournalEntry",
    "JournalHead",
    "JournalText",
    "Message",
    "OpeningHours",
    "OrgUnit",
    "Post",
    "PracticeWorld",
    "RateBucket",
    "SpecialDay",
    "StoredFile",
    "User",
    "Zone",
]
