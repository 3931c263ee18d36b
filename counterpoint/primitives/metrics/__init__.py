"""Metrics: numbers of a room, read by key, so that data can flow against the order of the floors.

This first applet holds the source registry; the KPI engine grows on it.
"""

from counterpoint.primitives.metrics.sources import Source, UnknownSource, fetch, register, sources

__all__ = ["Source", "UnknownSource", "fetch", "register", "sources"]
