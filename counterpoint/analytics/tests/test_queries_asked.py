"""How often a page of the numbers asks the database: as often for sixty branches, indicators or alerts as for few."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.analytics import cards
from counterpoint.analytics.cards import fitting
from counterpoint.foundation.actions import org_unit_create
from counterpoint.foundation.api import OrgUnit, User, journal, scoped
from counterpoint.foundation.models import Post
from counterpoint.primitives.metrics import GRAINS, cells, needs, periods, watching
from counterpoint.primitives.metrics.definition import SPREAD
from counterpoint.primitives.metrics.models import MetricAlarm, MetricCell, MetricCover

MANY = 60
PAGES = (
    ("Hana", "/analytics/"), ("Rita", "/analytics/"), ("Rita", "/analytics/?grain=quarter"), ("Sun", "/analytics/"),
    ("Hana", "/analytics/kpis/onsite.wait_p90/"), ("Rita", "/analytics/kpis/onsite.wait_p90/"),
    ("Sun", "/analytics/kpis/onsite.wait_p90/"), ("Rita", "/analytics/kpis/"), ("Rita", "/analytics/alerts/"),
)  # fmt: skip


def grow(bank, branches=MANY, people=MANY):
    """So many branches in the east, so many people at one of them."""
    night = watching.night()
    with scoped(night):
        for n in range(branches):
            unit = {"kind": "branch", "code": f"n{n:02d}", "name": f"N{n}", "parent": bank.east}
            org_unit_create(scope=night, now=bank.now, **unit)
        users = User.objects.bulk_create(User(staff_no=f"p{n}", name=f"P{n}") for n in range(people))
        Post.objects.bulk_create(
            Post(org_unit=bank.b01, user=user, role="teller", since=bank.now.date()) for user in users
        )


def settle(bank):
    """The states of every branch as the tick leaves them: all covered, some rows on two days."""
    today = bank.now.date()
    parts = needs.parts_of(needs.metrics(today).values())
    with scoped(watching.night()):
        seen = journal.JournalEntry.objects.order_by("-id").values_list("id", flat=True).first()
        branches = list(OrgUnit.objects.filter(kind="branch"))
        since = today - timedelta(days=cells.KEPT_DAYS)
        MetricCover.objects.all().delete()
        MetricCell.objects.all().delete()
        MetricCover.objects.bulk_create(
            MetricCover(
                org_unit=branch, relation=key, since=since, margins_since=since, until=today + timedelta(days=1),
                parts=sorted({part.signature for part in some}), seen=seen, at=bank.now,
            )
            for branch in branches for key, some in parts.items()
        )  # fmt: skip
        MetricCell.objects.bulk_create(
            MetricCell(
                org_unit=branch, part=signature, date=today - timedelta(days=n), n=20, total=40.0, squares=90.0
            )
            for branch in branches for n in range(2)
            for signature in {part.signature for some in parts.values() for part in some}
        )  # fmt: skip


def alarm(bank, count):
    """So many alerts of the branch, each of a period of its own."""
    with scoped(watching.night()):
        MetricAlarm.objects.all().delete()
        MetricAlarm.objects.bulk_create(
            MetricAlarm(
                org_unit=bank.b01, metric="onsite.wait_p90", rule="now", level="act", raised_at=bank.now,
                period=(bank.now.date() - timedelta(days=n)).isoformat(),
                found={"value": 31.0, "n": 40, "limit": 30.0, "side": "over"},
                cause={"kind": "demand", "numbers": {"demand": 0.3}, "movers": []},
            )
            for n in range(count)
        )  # fmt: skip


def asked(ask):
    """How many queries it takes the second time; the first one fills what processes keep."""
    ask()
    with CaptureQueriesContext(connection) as caught:
        ask()
    return len(caught)


@pytest.fixture(autouse=True)
def settled(monkeypatch):
    """PostgreSQL counts again what came lately, however many branches there are; that is not asked here."""
    monkeypatch.setattr(cells, "LOOK_BACK", 0)


@pytest.fixture
def counted(bank, sign_in):
    """Queries of each page for the small bank, with an alert."""
    settle(bank)
    alarm(bank, 1)
    clients = {who: sign_in(who) for who, _page in PAGES}
    return clients, {(who, page): asked(lambda who=who, page=page: clients[who].get(page)) for who, page in PAGES}


def test_pages_ask_as_often_for_sixty_branches_people_and_alerts_as_for_few(
    bank, counted, django_assert_max_num_queries
):
    clients, few = counted
    grow(bank)
    settle(bank)
    alarm(bank, MANY)
    for who, page in PAGES:
        clients[who].get(page)
        with django_assert_max_num_queries(few[who, page], info=f"{who} {page}"):
            answer = clients[who].get(page)
        assert answer.status_code == 200
    assert max(few.values()) < 40


@given(on=st.dates(date(2020, 1, 1), date(2040, 12, 31)))
def test_what_a_board_shows_of_today_lies_within_the_days_that_are_kept(on):
    """Otherwise every page would count the days before them from the rows, branch by branch."""
    for grain, count in cards.TREND.items():
        shown = periods.last(grain, on, count)
        oldest = min(period.since for one in shown[-2:] for period in (*shown, one.week_before))
        assert (on - oldest).days <= cells.KEPT_DAYS


def test_a_comparison_shows_all_branches(bank, counted):
    """What is counted above is the whole table: a line for every branch below."""
    grow(bank, people=0)
    settle(bank)
    answer = counted[0]["Rita"].get("/analytics/")
    assert len(answer.context["below"].rows) == MANY + 2


@pytest.mark.parametrize("code", ["b01", "east"])
def test_sixty_indicators_ask_as_often_as_one_of_each_grain(bank, code, django_assert_max_num_queries):
    """Cards are read a grain at a time, sums and spreads apart; how many indicators and relations does not matter."""
    settle(bank)
    today, unit = bank.now.date(), bank.units[code]
    known = needs.metrics(today)
    few = {}
    for key, one in known.items():
        spread = any(part.kind == SPREAD for part in one.parts)
        few[fitting(one, GRAINS[1]), spread] = key

    def read(keys):
        return cards.read(scope=bank.scope("Rita"), unit=unit, keys=keys, grain=GRAINS[1], on=today, now=bank.now)

    most = asked(lambda: read(few.values()))
    assert len(known) >= MANY
    with django_assert_max_num_queries(most):
        assert len(read(known)) == len(known)


def test_the_desks_panel_asks_as_often_for_sixty_alerts(bank, sign_in, django_assert_max_num_queries):
    sun, page = sign_in("Sun"), "/desk/panels/analytics.off_course"
    alarm(bank, 1)
    few = asked(lambda: sun.get(page))
    alarm(bank, MANY)
    with django_assert_max_num_queries(few):
        assert "60" in sun.get(page).content.decode()
