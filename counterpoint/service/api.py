"""The door of `service`."""

from counterpoint.service.actions.deciding import (
    callback_record,
    extension_ask,
    extension_decide,
    lesson_decline,
    lesson_take,
    level_confirm,
)
from counterpoint.service.actions.erasing import complaint_erase
from counterpoint.service.actions.reporting import report_decide, report_save, report_start, report_submit
from counterpoint.service.actions.taking import Intake, Taken, complaint_take
from counterpoint.service.errors import KeyTaken, MustBeKept, NotProven, Over, ReportMissing, SecondPersonNeeded
from counterpoint.service.models import LessonRequest
from counterpoint.service.queries.complaints import board, callbacks_due, lesson_requests, open_complaints, whole
from counterpoint.service.queries.counting import counted
from counterpoint.service.queries.reports import Reports, reports_to_decide

__all__ = [
    "Intake",
    "KeyTaken",
    "LessonRequest",
    "MustBeKept",
    "NotProven",
    "Over",
    "ReportMissing",
    "Reports",
    "SecondPersonNeeded",
    "Taken",
    "board",
    "callback_record",
    "callbacks_due",
    "complaint_erase",
    "complaint_take",
    "counted",
    "extension_ask",
    "extension_decide",
    "lesson_decline",
    "lesson_requests",
    "lesson_take",
    "level_confirm",
    "open_complaints",
    "report_decide",
    "report_save",
    "report_start",
    "report_submit",
    "reports_to_decide",
    "whole",
]
