"""Nouns of chapter 3: tickets, windows, people on duty, days, what devices sent, advice, bookmarks, checks, assets."""

from counterpoint.onsite.models.advice import Advice
from counterpoint.onsite.models.assets import Asset, AssetFault, PhotoPrint
from counterpoint.onsite.models.days import BranchDay, DayLog
from counterpoint.onsite.models.hall import Diversion, Duty, Window
from counterpoint.onsite.models.ingest import IngestKey, VendorEvent
from counterpoint.onsite.models.replays import Bookmark
from counterpoint.onsite.models.tickets import Series, Ticket
from counterpoint.onsite.models.trust import TwinCheck

__all__ = [
    "Advice",
    "Asset",
    "AssetFault",
    "Bookmark",
    "BranchDay",
    "DayLog",
    "Diversion",
    "Duty",
    "IngestKey",
    "PhotoPrint",
    "Series",
    "Ticket",
    "TwinCheck",
    "VendorEvent",
    "Window",
]
