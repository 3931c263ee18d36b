"""Kinds of journal entries that `service` writes."""
