"""Virtual teams: membership alone opens the board, the last day closes it, the lessons stay."""

from datetime import date, timedelta

import pytest

from counterpoint.foundation.api import Forbidden, Invalid, NotFound, journal, scoped
from counterpoint.foundation.models import Post
from counterpoint.foundation.scope import unscoped
from counterpoint.primitives.cases import CaseFilter, case, case_comment, cases
from counterpoint.team import api, grouping
from counterpoint.team.models import VirtualTeam

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LESSONS = "先统一口径，再分头上门，效果最好"


@pytest.fixture
def team(bank):
    """Rita forms a team of Mei (b01) who leads, and Bo (b02)."""
    return api.group_form(
        scope=bank.scope("Rita"), now=bank.now, above=bank.east, name="代发工资攻坚组", purpose="三家企业代发上线",
        ends_on=date(2026, 12, 31), lead=bank.people["Mei"].pk, members=[bank.people["Bo"].pk],
    )  # fmt: skip


def here(bank, who, days=0):
    return {"scope": bank.scope(who), "now": bank.now + days * DAY}


def column(bank, team, who, name):
    board = grouping.board(**here(bank, who), team=team.pk)
    return [card.title for card in dict(board.columns)[name]]


def test_members_of_two_branches_work_on_one_board(bank, team):
    first = api.card_add(**here(bank, "Mei"), team=team.pk, title="联系企业财务", owner=bank.people["Bo"].pk)
    api.card_add(**here(bank, "Bo"), team=team.pk, title="准备开户材料", due_on=date(2026, 12, 1))
    api.card_move(**here(bank, "Bo"), card=first.id, column="doing")
    assert column(bank, team, "Mei", "doing") == ["联系企业财务"] == column(bank, team, "Rita", "doing")
    api.card_move(**here(bank, "Mei"), card=first.id, column="done")
    assert column(bank, team, "Bo", "done") == ["联系企业财务"]
    api.card_move(**here(bank, "Bo"), card=first.id, column="waiting")
    assert column(bank, team, "Mei", "waiting") == ["联系企业财务"]


@pytest.mark.parametrize("who", ["Omar", "Sun", "Ada", "Stranger"])
def test_colleagues_of_members_do_not_see_the_team_by_any_way(bank, team, who):
    card = api.card_add(**here(bank, "Mei"), team=team.pk, title="联系企业财务")
    assert grouping.teams(scope=bank.scope(who)) == []
    assert cases(filters=CaseFilter(type="team.card"), **here(bank, who)).total == 0
    for read in (
        lambda: grouping.board(**here(bank, who), team=team.pk),
        lambda: case(**here(bank, who), case=card.id),
        lambda: case_comment(**here(bank, who), case=card.id, text="x"),
        lambda: api.card_move(**here(bank, who), card=card.id, column="done"),
        lambda: api.card_add(**here(bank, who), team=team.pk, title="x"),
    ):
        with pytest.raises(NotFound):
            read()


def test_membership_opens_the_board_and_nothing_else(bank, team):
    """Non-interference the other way: with or without the membership Bo sees exactly the same of every other unit."""
    from counterpoint.foundation.scoped_models import scoped_models

    def seen(scope):
        with scoped(scope):
            return {
                model._meta.label: set(
                    model.objects.exclude(**{f"{model.path_field}__startswith": team.org_unit.path})
                    .values_list("pk", flat=True)
                )
                for model in scoped_models()
            }  # fmt: skip

    before = bank.scope("Bo")
    with unscoped("the test takes the membership away"):
        Post.objects.filter(user=bank.people["Bo"], org_unit=team.org_unit).delete()
    assert seen(before) == seen(bank.scope("Bo"))
    plain = bank.scope("Bo")
    assert set(before.roots) - set(plain.roots) == {team.org_unit.path}
    gained = {v for v, paths in before.grants.items() if set(paths) - set(plain.grants.get(v, ()))}
    assert {v for v in gained if v.startswith("team.")} == {
        "team.group.view", "team.group.pages", "team.card.view", "team.card.open", "team.card.handle",
        "team.card.verify",
    }  # fmt: skip


def test_what_the_team_does_changes_nothing_for_others(bank, team, client):
    """Two worlds that differ only in the team's cards look alike to a colleague who is no member."""

    def looks():
        client.force_login(bank.people["Omar"])
        return [client.get(path).content.count(b"<tr") for path in ("/team/disputes", "/team/groups")]

    before = looks()
    for n in range(3):
        api.card_add(**here(bank, "Mei"), team=team.pk, title=f"卡片{n}")
    assert looks() == before


def test_who_leaves_sees_no_board_and_who_joins_does(bank, team):
    api.group_leave_team(**here(bank, "Bo"), team=team.pk, user=bank.people["Bo"].pk)
    with pytest.raises(NotFound):
        grouping.board(**here(bank, "Bo"), team=team.pk)
    api.group_join_team(**here(bank, "Rita"), team=team.pk, user=bank.people["Omar"].pk)
    assert [m.name for m in grouping.board(**here(bank, "Omar"), team=team.pk).mates] == ["Mei", "Omar"]
    with pytest.raises(Invalid):
        api.group_leave_team(**here(bank, "Mei"), team=team.pk, user=bank.people["Mei"].pk)
    with pytest.raises(Forbidden):
        api.group_join_team(**here(bank, "Mei"), team=team.pk, user=bank.people["Bo"].pk)


def test_only_people_below_the_unit_can_belong(bank, team):
    with pytest.raises(Invalid):
        api.group_join_team(**here(bank, "Rita"), team=team.pk, user=bank.people["Stranger"].pk)
    with pytest.raises(Forbidden):
        api.group_form(
            scope=bank.scope("Sun"), now=bank.now, above=bank.east, name="x", purpose="y", ends_on=date(2026, 12, 1),
            lead=bank.people["Mei"].pk,
        )  # fmt: skip


def test_dissolving_needs_lessons_and_leaves_a_readable_searchable_archive(bank, team):
    card = api.card_add(**here(bank, "Mei"), team=team.pk, title="没做完的事")
    with pytest.raises(Invalid):
        api.group_dissolve(**here(bank, "Mei"), team=team.pk, lessons="好")
    with pytest.raises(Forbidden):
        api.group_dissolve(**here(bank, "Bo"), team=team.pk, lessons=LESSONS)
    api.group_dissolve(**here(bank, "Mei"), team=team.pk, lessons=LESSONS)
    board = grouping.board(**here(bank, "Bo"), team=team.pk)
    assert board.archived and not board.may_work and column(bank, team, "Bo", "done") == ["没做完的事"]
    assert [t.pk for t in grouping.teams(scope=bank.scope("Rita"), text="口径")] == [team.pk]
    assert grouping.teams(scope=bank.scope("Omar"), text="口径") == []
    for change in (
        lambda: api.card_add(**here(bank, "Mei"), team=team.pk, title="x"),
        lambda: api.card_move(**here(bank, "Mei"), card=card.id, column="doing"),
        lambda: case_comment(**here(bank, "Mei"), case=card.id, text="x"),
        lambda: api.group_prolong(**here(bank, "Rita"), team=team.pk, ends_on=date(2027, 1, 5)),
    ):
        with pytest.raises(api.Dissolved):
            change()


def test_it_dissolves_by_itself_after_its_last_day_and_asks_the_lead_for_lessons(bank, team):
    from counterpoint.foundation.models import Message

    last = bank.now.replace(month=12, day=31)
    assert api.dissolve_due(now=last) == 0
    assert api.dissolve_due(now=last + DAY) == 1 and api.dissolve_due(now=last + DAY) == 0
    with scoped(bank.scope("Rita")):
        row = VirtualTeam.objects.get(pk=team.pk)
        asked = Message.objects.filter(dedupe__startswith=f"group:{team.pk}:lessons").values_list("recipient__name")
        assert (row.state, row.lessons, [n for (n,) in asked]) == ("dissolved", "", ["Mei"])
    api.lessons_write(**here(bank, "Mei"), team=team.pk, lessons=LESSONS)
    with pytest.raises(api.Dissolved):
        api.lessons_write(**here(bank, "Mei"), team=team.pk, lessons=LESSONS)


def test_forming_is_one_entry_of_the_team_and_names_nobody(bank, team):
    with scoped(bank.scope("Rita")):
        entries = journal.about(str(team.pk), "team.")
    assert [e.kind for e in entries] == ["team.group_formed"]
    assert "Mei" not in repr(entries[0].data)


def test_a_stranger_of_another_region_gets_404_everywhere(bank, team, client):
    client.force_login(bank.people["Stranger"])
    assert client.get(f"/team/groups/{team.pk}").status_code == 404
    assert client.post(f"/team/groups/{team.pk}/dissolve", {"lessons": LESSONS}).status_code == 404


def test_headquarters_forms_a_team_across_regions_and_nobody_else_does(bank, sign_in):
    hana = sign_in("Hana")
    page = hana.get("/team/groups/form?unit=hq&q=b01+b03").content.decode()
    assert "Mei" in page and "Stranger" in page and ">Bo<" not in page
    given = {
        "unit": "hq", "name": "反诈攻坚", "purpose": "两个片区一起做", "ends_on": "2026-12-31",
        "lead": str(bank.people["Sun"].pk), "members": [str(bank.people["Stranger"].pk)],
    }  # fmt: skip
    made = hana.post("/team/groups/form", given)
    assert made.status_code == 302
    for who in ("Sun", "Stranger", "Hana"):
        assert sign_in(who).get(made.headers["Location"]).status_code == 200
    for who in ("Bo", "Mei", "Rita"):  # the region above b01 is not above the team
        assert sign_in(who).get(made.headers["Location"]).status_code == 404
    assert sign_in("Rita").get("/team/groups/form?unit=hq").status_code == 404
