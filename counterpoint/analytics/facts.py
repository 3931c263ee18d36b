"""Kinds of journal entries that `analytics` writes."""
