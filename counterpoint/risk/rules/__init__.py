"""Decisions of the risk room: pure functions of values."""
