"""Who holds which verb of the team, row by row: a second table beside the declaration, and what the menu shows."""

import pytest
from django.urls import reverse

from counterpoint.foundation.api import Forbidden, Invalid, roles
from counterpoint.team import api
from counterpoint.team.tests import expected
from counterpoint.team.tests.stories import TUESDAY, WEEK, by, in_days

# T teller, L lobby manager, S supervisor, B branch head, R region, H headquarters operations, A auditor, Y system
EVERYBODY = {"T": "Mei", "L": "Omar", "S": "Sun", "B": "Ada", "R": "Rita", "H": "Hana", "A": "Otto", "Y": "Sysadmin"}
HELD = {
    "team.forecast.view": "SBRHA",
    "team.forecast.make": "SB",
    "team.known.say": "SB",
    "team.tree.view": "RHA",
    "team.tree.make": "H",
    "team.roster.view": "TLSBRHA",
    "team.roster.edit": "SB",
    "team.roster.publish": "SB",
    "team.staff.view": "SBRHA",
    "team.staff.edit": "SB",
    "team.skill.certify": "B",
    "team.shift.own": "TLSB",
    "team.leave.request": "TLSB",
    "team.leave.decide": "SB",
    "team.swap.request": "TLSB",
    "team.swap.decide": "SB",
    "team.floating.view": "RHA",
    "team.floating.make": "RH",
    "team.dispute.view": "SBRHA",
    "team.dispute.open": "TLSBRH",
    "team.dispute.handle": "SBRH",
    "team.dispute.verify": "TLSBRH",
    "team.dispute.manage": "BRH",
    "team.group.form": "SBRH",
    "team.group.lead": "RH",  # and the lead of each team, at the team alone
    "team.group.view": "RHA",
    "team.group.pages": "SBRHA",
    "team.card.view": "RHA",
    "team.card.open": "RH",
    "team.card.handle": "RH",
    "team.card.verify": "RH",
    "team.card.manage": "RH",
}


@pytest.mark.parametrize("verb", HELD)
def test_a_verb_is_held_by_these_people_and_nobody_else(bank, verb):
    holders = {letter for letter, name in EVERYBODY.items() if bank.scope(name).may(verb, bank.b01.path)}
    assert holders == set(HELD[verb])


def test_every_verb_of_the_team_is_in_the_table():
    assert {verb for verb in roles.table() if verb.startswith("team.")} == set(HELD)


@pytest.mark.parametrize("name", ["Bo", "Stranger"])
@pytest.mark.parametrize("verb", [verb for verb, letters in HELD.items() if "S" in letters])
def test_a_leader_of_another_branch_holds_nothing_here(bank, name, verb):
    assert bank.scope(name).may(verb) and not bank.scope(name).may(verb, bank.b01.path)


@pytest.mark.parametrize("name", ["Mei", "Omar", "Rita", "Hana", "Otto", "Sysadmin", "Bo", "Stranger"])
def test_only_leaders_of_the_branch_store_plans_or_put_the_machine_to_work(team, name):
    here = by(team, name) | {"branch": team.b01}
    for attempt in (
        lambda: expected.store(team, name=name),
        lambda: api.roster_store(**here, week=WEEK, problem={}, solution={}),
        lambda: api.forecast_make(**here, since=TUESDAY),
        lambda: api.roster_draft(**here, week=WEEK),
    ):
        with pytest.raises(Forbidden) as refused:
            attempt()
        assert refused.value.status == 403 and str(refused.value.details["verb"]).startswith("team.")


@pytest.mark.parametrize("number", range(1, 7))
def test_a_draft_is_asked_for_by_its_monday(team, number):
    with pytest.raises(Invalid, match="排班周从周一开始。"):
        api.roster_draft(**by(team, "Sun"), branch=team.b01, week=in_days(number))


@pytest.mark.parametrize("days", [-1, 0, 36])
def test_a_forecast_of_no_day_or_too_many_is_refused(team, days):
    with pytest.raises(Invalid, match="预测可覆盖 1 至 35 天。"):
        api.forecast_make(**by(team, "Sun"), branch=team.b01, since=TUESDAY, days=days)


MENU = {
    "Mei": {"my", "roster"},
    "Omar": {"my", "roster"},
    "Sun": {"my", "plan", "forecast", "roster", "approvals", "staff"},
    "Rita": {"plan", "forecast", "roster", "staff"},
    "Sysadmin": set(),
}


@pytest.mark.parametrize("name", MENU)
def test_the_menu_offers_the_pages_that_open(team, sign_in, name):
    client = sign_in(name)
    page = client.get("/", follow=True).content.decode()
    pages = {"my", "plan", "forecast", "roster", "approvals", "staff"}
    offered = {one for one in pages if f'href="{reverse(f"team:{one}")}"' in page}
    assert offered == MENU[name]
    assert {one for one in pages if client.get(reverse(f"team:{one}")).status_code == 200} == MENU[name]
