"""Bare Django for comparison: an ingest of the same shape (five rows read, one written with JSON, a counter moved, a
link of a hash chain) and a list of fifty rows. Home of its database: BARE_HOME."""

import hashlib
import json
import os
import threading
from pathlib import Path

import django
from django.conf import settings

PRAGMAS = "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"

if not settings.configured:
    settings.configure(
        SECRET_KEY="bare", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, USE_TZ=True, INSTALLED_APPS=[],
        DATABASES={"default": {
            "ENGINE": "django.db.backends.sqlite3", "NAME": str(Path(os.environ["BARE_HOME"]) / "bare.sqlite3"),
            "CONN_MAX_AGE": None,
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": PRAGMAS},
        }},
    )  # fmt: skip
    django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, models, transaction  # noqa: E402
from django.http import HttpRequest, JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402

LOCK = threading.Lock()  # one writer at a time, as the product has


class Event(models.Model):
    """One thing that happened."""

    branch = models.IntegerField(db_index=True)
    key = models.CharField(max_length=80, unique=True)
    body = models.JSONField()

    class Meta:
        app_label = "bare"


class Count(models.Model):
    """How many happened at a branch."""

    branch = models.IntegerField(unique=True)
    events = models.IntegerField(default=0)

    class Meta:
        app_label = "bare"


class Link(models.Model):
    """A link of the branch's hash chain."""

    branch = models.IntegerField(db_index=True)
    digest = models.CharField(max_length=64)

    class Meta:
        app_label = "bare"


def create(branches: int) -> None:
    """Tables and counters."""
    with connection.schema_editor() as editor:
        for model in (Event, Count, Link):
            editor.create_model(model)
    Count.objects.bulk_create(Count(branch=number) for number in range(branches))


def ingest(request: HttpRequest) -> JsonResponse:
    """Write one event."""
    body = json.loads(request.body)
    branch = int(body["branch"])
    with LOCK, transaction.atomic():
        list(Event.objects.filter(branch=branch).order_by("-id")[:5])
        Event(branch=branch, key=request.headers["Idempotency-Key"], body=body).save(force_insert=True)
        Count.objects.filter(branch=branch).update(events=models.F("events") + 1)
        last = Link.objects.filter(branch=branch).order_by("-id").first()
        digest = hashlib.sha256(((last.digest if last else "") + request.body.decode()).encode()).hexdigest()
        Link(branch=branch, digest=digest).save(force_insert=True)
    return JsonResponse({"ok": True})


def listed(request: HttpRequest) -> JsonResponse:
    """Fifty rows of a branch."""
    rows = Event.objects.filter(branch=int(request.GET["branch"])).order_by("-id")[:50]
    return JsonResponse({"rows": [{"id": row.pk, "body": row.body} for row in rows]})


urlpatterns = [path("events", ingest), path("list", listed)]
application = get_wsgi_application()
