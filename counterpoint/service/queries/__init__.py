"""Reads of `service`."""
