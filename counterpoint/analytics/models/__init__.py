"""Nouns of `analytics`."""

from counterpoint.analytics.models.imports import ImportedNumber, NumberBatch

__all__ = ["ImportedNumber", "NumberBatch"]
