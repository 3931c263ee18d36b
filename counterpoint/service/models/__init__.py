"""Nouns of `service`."""
