"""Tests: the demo profile with an in-memory or PostgreSQL database, fast hashing and inline jobs."""

import os
import tempfile
from pathlib import Path

from counterpoint.config.settings import demo
from counterpoint.config.settings.demo import *  # noqa: F403

PROFILE = "test"
HOME = Path(tempfile.gettempdir()) / f"counterpoint-test-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}-{os.getuid()}"
KEYS = HOME / "keys"
FILES = HOME / "files"
if url := os.environ.get("COUNTERPOINT_DATABASE"):  # a test is one transaction, also while it searches for a roster
    DATABASES = {"default": demo.postgres(url, idle_seconds=300)}
else:
    DATABASES = {"default": demo.sqlite(HOME / "test.sqlite3") | {"TEST": {"NAME": ":memory:"}}}
    HOME.mkdir(exist_ok=True)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
JOBS_INLINE = True
WHITENOISE_AUTOREFRESH = True  # files are looked up when asked for; else every client of a test lists them all first
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": FILES}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
