"""Verbs of `service`."""
