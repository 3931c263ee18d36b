"""Kinds of journal entries that the primitives write: each applet's own module is imported here."""
