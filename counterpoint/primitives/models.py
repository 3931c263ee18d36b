"""Nouns of the primitives, one applet each."""
