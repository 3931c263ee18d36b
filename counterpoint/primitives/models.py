"""Nouns of the primitives, one applet each."""

from counterpoint.primitives.checklists.models import Answer, AnswerEntry, Evidence, Round, SyncItem, Upload

__all__ = ["Answer", "AnswerEntry", "Evidence", "Round", "SyncItem", "Upload"]
