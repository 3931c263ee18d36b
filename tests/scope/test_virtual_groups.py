"""A virtual team has a place in the org tree and is no branch: it is in no list, picker, figure or round of these."""

from datetime import date

import pytest
from django.test import Client

from counterpoint.foundation import access, actions, policy, queries
from counterpoint.foundation.errors import Invalid
from counterpoint.foundation.models import OrgUnit
from counterpoint.foundation.scope import scoped
from counterpoint.primitives.checklists import planning
from counterpoint.primitives.metrics import reading, watching
from counterpoint.primitives.playbooks import drills
from counterpoint.risk.register import ticking as register
from counterpoint.team import api, grouping
from tests.scope import crawl

MARK = "VIRTUALMARK"
TEAMS = ("/team/groups", "/cases/", "/journal", "/notices")  # where a team is shown as what it is


@pytest.fixture
def teams(bank):
    """A team under the branch and one under the region, with a card each."""
    made = []
    for who, above in (("Ada", bank.b01), ("Rita", bank.east)):
        here = {"scope": bank.scope(who), "now": bank.now}
        team = api.group_form(
            **here, above=above, name=f"{MARK} {above.code}", purpose="开门红", ends_on=date(2026, 12, 31),
            lead=bank.people["Omar"].pk, members=[bank.people["Mei"].pk],
        )  # fmt: skip
        api.card_add(scope=bank.scope("Omar"), now=bank.now, team=team.pk, title="做一张表")
        made.append(team.org_unit)
    return made


def visits(client, branch, skipped):
    """Every page of the house once, asked with the ids of a branch."""
    values = crawl.foreign_values(branch)
    for route, _callback, _policy in policy.routes():
        if route.startswith((*skipped, "/live/", "/static/", "/readyz", "/api/", *crawl.ENDS_THE_SESSION)):
            continue
        address = next(crawl.addresses(route, values))
        answer = client.get(address)
        yield address, answer.status_code, b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.parametrize("person", ["Ada", "Rita", "Hana"])
def test_no_page_takes_a_team_for_a_branch(bank, teams, person):
    client = Client(raise_request_exception=False)
    client.force_login(bank.people[person])
    marks = [MARK.encode(), *(team.code.encode() for team in teams)]
    found = [
        (where, status) for where, status, body in visits(client, bank.b01, TEAMS) if any(m in body for m in marks)
    ]
    assert found == []
    if person != "Ada":  # who formed a team without joining it does not see it
        assert MARK.encode() in client.get("/team/groups").content  # the marks would be found


def test_no_list_of_branches_holds_a_team(bank, teams):
    for who in ("Ada", "Rita", "Hana", "Mei", "Omar"):
        scope = bank.scope(who)
        assert all(one.kind == OrgUnit.Kind.BRANCH for one in queries.branches(scope=scope)), who
    night = access.system_scope(("primitives.metrics.view",))
    for unit in (bank.hq, bank.east, bank.b01):
        assert not {one.code for one in reading.branches_under(night, unit)} & {team.code for team in teams}
    with scoped(night):
        assert not {one.pk for one in watching.due_branches(bank.now)} & {team.pk for team in teams}


def test_who_belongs_to_a_team_only_still_works_at_their_branch(bank, teams):
    client = Client()
    client.force_login(bank.people["Mei"])
    page = client.get("/", follow=True).content.decode()
    assert MARK not in page and bank.b01.name in page


def test_no_round_of_the_house_makes_anything_at_a_team(bank, teams):
    before = [crawl.rows_of(team) for team in teams]
    planning.plan_rounds(now=bank.now)
    drills.drills_tick(bank.now)
    register.collect(bank.now)
    assert [crawl.rows_of(team) for team in teams] == before


def test_a_team_is_not_set_up_like_a_branch_and_nobody_gets_a_post_there(bank, teams):
    client = Client(raise_request_exception=False)
    client.force_login(bank.people["Sysadmin"])
    tree = client.get("/setup").content.decode()
    assert bank.b01.name in tree and MARK not in tree
    root = bank.scope("Sysadmin")
    for team in teams:
        assert client.get(f"/setup/{team.code}").status_code == 404
        with scoped(root), pytest.raises(Invalid):
            actions.post_grant(
                scope=root, now=bank.now, org_unit=team, user=bank.people["Bo"], role="group_member",
                since=date(2026, 11, 23),
            )  # fmt: skip


@pytest.mark.parametrize("who", ["Omar", "Rita"])
def test_the_card_of_a_team_opens_as_a_case_too(bank, teams, who):
    here = {"scope": bank.scope("Omar"), "now": bank.now}
    client = Client(raise_request_exception=False)
    client.force_login(bank.people[who])
    found = grouping.teams(scope=bank.scope(who))
    assert len(found) == 2
    for team in found:
        card = grouping.board(**here, team=team.pk).columns[0][1][0]
        page = client.get(f"/cases/{card.id}/")
        assert page.status_code == 200 and "做一张表" in page.content.decode()
