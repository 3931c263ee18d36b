"""Addresses of signing in, the account, files, jobs, the journal and the live streams."""

from django.urls import path

from counterpoint.foundation import setup_views, streams, views

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
    path("setup", setup_views.tree, name="setup"),
    path("setup/pair", setup_views.pair, name="pair"),
    path("setup/<slug:code>", setup_views.unit_page, name="setup-unit"),
    path("setup/<slug:code>/place", setup_views.save_place, name="setup-place"),
    path("setup/<slug:code>/units", setup_views.save_unit, name="setup-add"),
    path("setup/<slug:code>/channels", setup_views.save_channel, name="setup-channel"),
    path("setup/<slug:code>/channels/<int:channel_id>", setup_views.change_channel, name="setup-channel-change"),
    path("setup/<slug:code>/hours", setup_views.save_hours, name="setup-hours"),
    path("setup/<slug:code>/special-days", setup_views.save_special, name="setup-special"),
    path("setup/<slug:code>/counters", setup_views.save_counter, name="setup-counter"),
    path("setup/<slug:code>/devices", setup_views.save_device, name="setup-device"),
    path("setup/<slug:code>/keys", setup_views.save_key, name="setup-key"),
    path("setup/<slug:code>/keys/<uuid:key_id>/revoke", setup_views.revoke_key, name="setup-key-revoke"),
    path("setup/<slug:code>/people", setup_views.save_person, name="setup-person"),
    path("setup/<slug:code>/posts/<uuid:post_id>/end", setup_views.end_post, name="setup-post-end"),
    path("live/<slug:code>", streams.live, name="live"),
]
