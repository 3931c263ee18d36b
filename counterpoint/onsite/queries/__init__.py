"""Reads of the hall, always inside the caller's scope."""
