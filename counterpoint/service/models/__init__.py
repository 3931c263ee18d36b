"""Nouns of `service`."""

from counterpoint.service.models.complaints import Callback, Complaint, Extension, LessonRequest, Report

__all__ = ["Callback", "Complaint", "Extension", "LessonRequest", "Report"]
