"""The self-check calendar for connected systems: what is due, done and late, and marking a check as done."""

from datetime import UTC, date, datetime, timedelta

import pytest

from counterpoint.foundation import access
from counterpoint.foundation.scope import scoped
from counterpoint.primitives import checklists
from counterpoint.primitives.content import items
from counterpoint.primitives.content.loader import row_of
from counterpoint.primitives.content.testing import content_folder  # noqa: F401
from counterpoint.role.verbs import CALENDAR

pytestmark = pytest.mark.django_db
URL = "/api/v1/self-checks"
KEY = "role.self.closing_daily"


def token(bank, branch="b01", who="Ada", verbs=(CALENDAR, *checklists.DEVICE_VERBS)):
    with scoped(bank.scope(who)):
        _row, found = access.enrol_device(
            scope=bank.scope(who), org_unit=bank.units[branch], name="central", verbs=verbs
        )
    return {"headers": {"Authorization": f"Bearer {found}"}}


def mark(client, auth, round_id, answers, key="d1"):
    auth = {"headers": auth["headers"] | {"Idempotency-Key": key}}
    return client.post(f"{URL}/{round_id}/done", {"answers": answers}, content_type="application/json", **auth)


@pytest.fixture
def unsigned(content_folder):  # noqa: F811
    """The daily check without a signature picture, as a version of its own that rules from now on."""
    old = items("checklists", date(2026, 11, 23))[KEY]
    content_folder("checklists", {**row_of(old), "version": 9, "signature": False, "examples": []})


@pytest.fixture
def today(bank, client, unsigned):
    checklists.plan_rounds(now=bank.now)
    auth = token(bank)
    rows = client.get(f"{URL}?since=2026-11-23&until=2026-11-24&language=en", **auth).json()
    return auth, next(row for row in rows if row["key"] == KEY)


def answers_of(bank, round_id):
    found = checklists.round_detail(scope=bank.scope("Sun"), round=round_id)
    items = [item for section in found.definition.sections for item in section.items]
    return {item.slug: (item.good[0] if item.good else "yes") if item.kind != "number" else 0 for item in items}


def test_the_calendar_tells_what_is_due_late_and_by_whom(bank, client, today, clock):
    auth, one = today
    assert (one["state"], one["owner"], one["date"]) == ("due", "Mei", "2026-11-23")
    clock.at = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    late = client.get(f"{URL}?state=late", **auth).json()
    assert [row["key"] for row in late] == [KEY]
    assert client.get(f"{URL}?since=2026-01-01&until=2028-01-01", **auth).status_code == 422


def test_a_check_is_marked_done_once_with_its_answers(bank, client, today):
    auth, one = today
    answers = answers_of(bank, one["round"])
    assert mark(client, auth, one["round"], {}, key="e").status_code == 409
    done = mark(client, auth, one["round"], answers)
    assert done.status_code == 200 and done.json()["state"] in ("done", "failed")
    again = mark(client, auth, one["round"], answers)
    assert (again.status_code, again.json()) == (200, done.json())
    assert client.get(f"{URL}?state={done.json()['state']}", **auth).json()[0]["round"] == one["round"]


def test_only_self_checks_of_the_own_branch_and_only_with_the_right(bank, client, today):
    auth, one = today
    other = next(r for r in checklists.rounds_due(scope=bank.scope("Sun"), org_unit=bank.b01, now=bank.now)
                 if not r.view.checklist.startswith("role.self."))  # fmt: skip
    assert mark(client, auth, other.view.id, {}).status_code == 404
    assert mark(client, token(bank, "b02", "Bo"), one["round"], {}).status_code == 404
    screen = token(bank, verbs=("onsite.hall.view",))
    assert client.get(URL, **screen).status_code in (403, 404)
    assert client.get(f"{URL}?since={bank.now.date() + timedelta(days=1)}", **auth).json()[0]["date"] == "2026-11-24"
