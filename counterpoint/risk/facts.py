"""Kinds of journal entries that `risk` writes."""
