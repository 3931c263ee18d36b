"""A complaint handled on the product's own pages while a drill runs, from the drill's page to its debrief."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.urls import reverse

from counterpoint.academy.debrief import keeping
from counterpoint.academy.debrief.judging import QUICK
from counterpoint.academy.drill import actions, errands_shown, log, views
from counterpoint.academy.models import DrillSession
from counterpoint.academy.practice import worlds
from counterpoint.academy.tests.errands import VIP
from counterpoint.foundation.api import clock, scoped
from counterpoint.foundation.models import JournalEntry, Post
from counterpoint.science import playing
from counterpoint.service.models import Complaint
from counterpoint.ui.leftovers import english_left
from tests.scope.world import enter

pytestmark = pytest.mark.django_db
SCRIPT = {"headers": {"X-Drill": "1"}}


@pytest.fixture
def host(monkeypatch):
    """The host's clock of the drill's pages: it begins so early that the errand comes about now, because the practice
    branch's own pages read the real one."""
    fixed = clock.FixedClock(clock.SystemClock().now() - timedelta(minutes=3))
    monkeypatch.setattr(views, "REAL", fixed)
    return fixed


@pytest.fixture
def begun(bank, host):
    """(client, address, session) of Sun's drill, run until the errand has come."""
    client = enter(bank)
    sent = {"scenario": VIP, "seed": "7", "idempotency_key": "begin"}
    address = client.post("/academy/drill/new", sent).url
    client.post(f"{address}/do/pace", {"speed": "60"})
    with scoped(bank.scope("Sun")):
        row = DrillSession.objects.get()
        minute = log.game_of(row).inject("sheet").minute
    host.advance(seconds=minute - row.base_second / 60 + 0.01)
    return client, address, row.pk


def card(client, address):
    told = client.get(f"{address}/segment").json()
    return next(iter(told["errands"]), None), told


def do(client, address, complaint, name, **fields):
    answer = client.post(f"{address}/{complaint}/do/{name}", fields)
    assert answer.status_code == 302, answer.content.decode()[:400]


def test_a_complaint_is_handled_on_its_own_pages_and_the_points_are_in_the_sheet(bank, begun, host):
    client, address, session = begun
    page = client.get(address).content.decode()
    assert "实办" in page
    one, told = card(client, address)
    assert told["speed"] == 1 and one["key"] == "sheet" and one["address"].startswith("/practice/w")
    assert not any(english_left(words) for words in (one["title"], one["text"], *one["checks"]))
    inside = client.get(one["address"])
    assert inside.status_code == 200 and 'data-mode="drill"' in inside.content.decode()
    with scoped(bank.scope("Sun")):
        world = worlds.held(DrillSession.objects.get().world)
    with scoped(worlds.practice.house(world)):
        complaint = Complaint.objects.get(org_path__within=(world.org_path,))
    assert str(complaint.pk) in inside.content.decode()
    do(client, one["address"], complaint.pk, "confirm", level="level_2", reason="言语不当，可能升级")
    do(client, one["address"], complaint.pk, "accept")
    do(client, one["address"], complaint.pk, "milestone", slug="contacted")
    host.at = clock.SystemClock().now() + timedelta(seconds=5)
    answer = client.post(f"{address}/do/hand-in", {"inject": "sheet"}, **SCRIPT).json()
    assert answer["errands"] == [] and "5" in answer["lines"][-1]["text"]
    client.post(f"{address}/do/over")
    assert client.get(one["address"]).status_code == 404, "the practice branch is closed with the day"
    with scoped(bank.scope("Sun")):
        row = DrillSession.objects.select_related("org_unit", "day").get(pk=session)
        lines = log.lines(row)
        [found] = [line for line in lines if line.kind == log.FOUND]
        assert all(check["holds"] for check in found.inputs["found"].values()), found.inputs
        held = keeping.judge(row, QUICK, bank.now)
        without = playing.play(log.game_of(row), log.orders_of([line for line in lines if line != found])).scores
    gained = {name: row.result["scores"][name] - without.get(name, 0) for name in ("service", "risk", "people")}
    assert gained == {"service": 3, "risk": 2, "people": 2}
    assert held.data["errands"] == 1
    told = client.get(reverse("academy:debrief", args=[session])).content.decode()
    assert "5 项中做到 5 项" in told and "单子在你名下" in told


def test_what_is_left_alone_is_read_when_its_time_is_over_and_costs_points_of_its_dimension(bank, begun, host):
    client, address, session = begun
    one, told = card(client, address)
    host.advance(seconds=one["until"] - told["second"] + 1)
    after, told = card(client, address)
    assert after is None and told["lines"][-1]["kind"] == "found"
    client.post(f"{address}/do/over")
    told = client.get(reverse("academy:debrief", args=[session])).content.decode()
    assert "5 项中做到 0 项" in told and "−30" in told


def test_a_team_does_it_together_and_what_a_colleague_took_counts_as_the_teams(bank, begun, host):
    client, address, _session = begun
    omar = enter(bank, "Omar")
    for _press in range(2):
        assert omar.post(f"{address}/join", {"post": "branch_head"}).status_code == 302
    mine, _told = card(client, address)
    his, _told = card(omar, address)
    assert his == mine and omar.get(his["address"]).status_code == 200
    with scoped(bank.scope("Sun")):
        world = worlds.held(DrillSession.objects.get().world)
    with scoped(worlds.practice.house(world)):
        complaint = Complaint.objects.get(org_path__within=(world.org_path,))
        assert Post.objects.filter(user=bank.people["Omar"], org_path__within=(world.org_path,)).count() == 1
        kinds = [entry.kind for entry in JournalEntry.objects.filter(org_unit=world.org_unit).order_by("id")]
        assert kinds == ["foundation.practice_made", "foundation.practice_joined"]
    do(client, mine["address"], complaint.pk, "confirm", level="level_2", reason="言语不当，可能升级")
    do(omar, mine["address"], complaint.pk, "accept")
    host.at = clock.SystemClock().now() + timedelta(seconds=5)
    assert omar.post(f"{address}/do/hand-in", {"inject": "sheet"}, **SCRIPT).json()["errands"] == []
    with scoped(bank.scope("Sun")):
        [found] = [line for line in log.lines(DrillSession.objects.get()) if line.kind == log.FOUND]
    owner = found.inputs["found"]["taken"]
    assert owner == {"holds": True, "value": "self"}, found.inputs


def test_whoever_plays_no_part_gets_no_address_and_no_way_in(bank, begun):
    client, address, _session = begun
    mine, _told = card(client, address)
    with scoped(bank.scope("Sun")):
        row = DrillSession.objects.select_related("org_unit", "day").get()
        watched = errands_shown.cards(row, log.lines(row), bank.people["Omar"].pk)
    assert [one["address"] for one in watched] == [""] and watched[0]["title"] == mine["title"]
    assert enter(bank, "Omar").get(mine["address"]).status_code == 404


def test_a_sixth_practice_branch_is_refused_in_words_and_begins_no_drill(bank, host):
    client = enter(bank)
    for number in range(6):
        sent = {"scenario": VIP, "seed": "7", "idempotency_key": f"begin-{number}"}
        page = client.post("/academy/drill/new", sent, follow=True)
    assert [message.level_tag for message in page.context["messages"]] == ["error"]
    with scoped(bank.scope("Sun")):
        rows = list(DrillSession.objects.all())
        assert len(rows) == worlds.MOST
    actions.drill_finish(scope=bank.scope("Sun"), session=UUID(str(rows[0].pk)), now=bank.now, real=host.now())
    assert client.post("/academy/drill/new", sent).status_code == 302
    with scoped(bank.scope("Sun")):
        assert DrillSession.objects.count() == worlds.MOST + 1
