"""The door of `analytics`: bringing numbers of other systems in."""

from counterpoint.analytics.importing import Imported, KeyTaken, Number, numbers_import

__all__ = ["Imported", "KeyTaken", "Number", "numbers_import"]
