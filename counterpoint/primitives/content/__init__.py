"""Content: definitions as YAML data with key, version, source and examples.

A room declares a `Kind` once; files lie in ``counterpoint/<room>/content/<kind>/*.yaml``, one item or a list
a file. `get` and `items` answer for a date, so that an old case is judged by what was in force then.
"""

from counterpoint.primitives.content.check import Problem, check
from counterpoint.primitives.content.loader import ContentError, Item, Kind, declare, every, get, items, kinds, resolve

__all__ = ["ContentError", "Item", "Kind", "Problem", "check", "declare", "every", "get", "items", "kinds", "resolve"]
