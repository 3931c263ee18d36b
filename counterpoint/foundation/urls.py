"""Addresses of signing in, the account, files, jobs, the journal and the live streams."""

from django.urls import path

from counterpoint.foundation import streams, views

app_name = "foundation"
urlpatterns = [
    path("sign-in", views.sign_in, name="sign-in"),
    path("sign-in/code", views.second_factor, name="second-factor"),
    path("sign-in/code.svg", views.second_factor_qr, name="second-factor-qr"),
    path("sign-out", views.sign_out, name="sign-out"),
    path("account", views.account, name="account"),
    path("branch", views.switch_branch, name="switch-branch"),
    path("files/<uuid:file_id>", views.file_download, name="file"),
    path("jobs/<uuid:job_id>.json", views.job_state, name="job"),
    path("journal", views.journal_page, name="journal"),
    path("live/<slug:code>", streams.live, name="live"),
]
