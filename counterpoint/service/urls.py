"""Addresses of `service`."""

from django.urls import path

from counterpoint.service import (  # noqa: F401  (registered here: a page is in the navigation when it has an address)
    navigation,
    panels,
)
from counterpoint.service.views import complaints, erasing, reports

app_name = "service"
urlpatterns = [
    path("complaints", complaints.overview, name="complaints"),
    path("complaints/export.xlsx", complaints.export, name="complaints-excel"),
    path("complaints/take", complaints.take, name="take"),
    path("complaints/take/mail", complaints.take_mail, name="take-mail"),
    path("complaints/statistics", reports.statistics, name="statistics"),
    path("complaints/statistics.xlsx", reports.statistics_excel, name="statistics-excel"),
    path("complaints/reports", reports.waiting, name="reports"),
    path("complaints/lessons", reports.lessons, name="lessons"),
    path("complaints/erasing", erasing.due, name="erasing"),
    path("complaints/erasing/all", erasing.all_due, name="erasing-all"),
    path("complaints/poster.pdf", reports.poster, name="poster"),
    path("complaints/<uuid:complaint_id>", complaints.complaint, name="complaint"),
    path("complaints/<uuid:complaint_id>/do/<slug:name>", complaints.deed, name="deed"),
    path("complaints/<uuid:complaint_id>/erase", erasing.one, name="erase"),
    path("complaints/<uuid:complaint_id>/photo/<uuid:file_id>", complaints.complaint_photo, name="photo"),
    path("complaints/<uuid:complaint_id>/report/start", reports.start, name="report-start"),
    path("complaints/<uuid:complaint_id>/report", reports.report, name="report"),
    path("complaints/<uuid:complaint_id>/report.pdf", reports.report_pdf, name="report-pdf"),
]
