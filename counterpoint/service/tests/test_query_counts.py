"""A list costs the same number of questions to the database for ten cases and for three hundred."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from counterpoint.foundation.api import new_id
from counterpoint.foundation.scope import unscoped
from counterpoint.primitives.cases.models import Case, CaseClock
from counterpoint.service.models import Complaint
from counterpoint.service.tests.conftest import RUDE, STOLEN, WAITED

PAGES = (
    "/cases/", "/cases/?owner=me", "/cases/?page=1&sort=new", "/cases/board", "/cases/board?owner=me",
    "/cases/cases.xlsx", "/service/complaints", "/service/complaints?which=all", "/service/complaints/export.xlsx",
    "/service/complaints/statistics", "/service/complaints/statistics.xlsx", "/service/complaints/lessons", "/",
)  # fmt: skip


def copied(count):
    """`count` more of the complaints that are there, with case and clocks."""
    with unscoped("the test fills the branch"):
        complaints = list(Complaint.objects.select_related("org_unit"))
        cases = {row.pk: row for row in Case.objects.all()}
        clocks = {}
        for clock in CaseClock.objects.all():
            clocks.setdefault(clock.case_id, []).append(clock)
        made = ([], [], [])
        for n in range(count):
            complaint = complaints[n % len(complaints)]
            case = cases[complaint.case]
            old, new, pk = case.pk, new_id(), new_id()
            made[0].append(_like(case, pk=new, source=f"service.complaint:{pk}", key=f"complaint:{pk}"))
            made[1].extend(_like(clock, pk=None, case_id=new) for clock in clocks[old])
            made[2].append(_like(complaint, pk=pk, case=new, key=f"copy{n}", receipt=f"copy{n:012d}"))
        for model, rows in zip((Case, CaseClock, Complaint), made, strict=True):
            model.objects.bulk_create(rows)


def _like(row, **more):
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    key = row._meta.pk.attname
    values[key] = more.pop("pk")
    return type(row)(**values | more)


def asked(client, page):
    client.get(page)  # what is read once in a process is read
    with CaptureQueriesContext(connection) as seen:
        assert client.get(page).status_code == 200
    return [one["sql"] for one in seen]


@pytest.fixture
def ten(take):
    return [take(text) for text in (WAITED, RUDE, STOLEN, "空调坏了", "工作人员态度好差") * 2]


def test_no_page_asks_more_for_more_cases(bank, ten, sign_in):
    readers = {name: sign_in(name) for name in ("Sun", "Rita")}
    one = f"/service/complaints/{ten[0].id}"
    pages = [("Sun", page) for page in (*PAGES, one, f"/cases/{ten[0].case}/")]
    pages += [("Rita", page) for page in ("/cases/", "/cases/board", "/service/complaints")]
    before = {(who, page): asked(readers[who], page) for who, page in pages}
    copied(290)
    for (who, page), held in before.items():
        after = asked(readers[who], page)
        assert len(after) <= len(held), (who, page, [sql for sql in after if sql not in held][:5])
