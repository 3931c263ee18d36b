"""Nouns of `risk`."""
