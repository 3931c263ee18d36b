"""Nouns of `analytics`."""
