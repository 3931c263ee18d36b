"""Verbs of the hall. Each: scope, decide, write, one journal entry, one transaction; a repeated key acts once."""
