"""A running event is the first thing that anybody at a branch sees; drills and risks to act upon follow."""

from datetime import UTC, datetime

import pytest

from counterpoint.foundation.api import scoped
from counterpoint.primitives import playbooks as door
from counterpoint.primitives.playbooks import drills
from counterpoint.primitives.playbooks.tests.asking import questions
from counterpoint.risk import api
from counterpoint.risk.models import Risk

pytestmark = pytest.mark.django_db
HERE = {"Mei": "/onsite/desk", "Omar": "/onsite/lobby", "Sun": "/", "Ada": "/", "Rita": "/", "Hana": "/"}


def start(bank, mode="real", who="Mei"):
    return door.play_start(
        scope=bank.scope(who), org_unit=bank.b01, playbook="risk.fire_evacuation", now=bank.now, mode=mode
    )


def main_of(page):
    return page.content.decode().split("<main")[1]


@pytest.mark.parametrize("who", HERE)
def test_a_real_event_stands_above_everything_for_everybody_of_the_branch_and_above(bank, sign_in, who):
    play = start(bank)
    text = main_of(sign_in(who).get(HERE[who]))
    strip = text.split('id="running-plays"')[1].split("</div>")[0]
    assert f"/plays/{play.id}/" in strip and "实战" in strip and "人民路支行" in strip and "打开指挥台" in strip
    assert text.index('id="running-plays"') < min(
        text.index(mark) for mark in ("panel-", 'id="console"', 'id="lobby"', 'id="branches"') if mark in text
    )


@pytest.mark.parametrize("who", ["Bo", "Stranger"])
def test_another_branch_sees_nothing_of_it(bank, sign_in, who):
    start(bank)
    assert "play-banner" not in sign_in(who).get("/").content.decode()


def test_the_strip_comes_by_itself_and_goes_when_the_event_is_over(bank, sign_in):
    client = sign_in("Omar")
    empty = client.get("/plays/running").content.decode()
    assert "play-banner" not in empty and "live:primitives.play_started from:body" in empty
    play = start(bank, mode="drill", who="Sun")
    assert 'data-mode="drill"' in client.get("/plays/running").content.decode()
    door.play_abort(scope=bank.scope("Sun"), play=play.id, reason="误报，解除", now=bank.now)
    assert "play-banner" not in client.get("/plays/running").content.decode()


def test_the_strip_costs_one_question(bank, sign_in):
    client = sign_in("Omar")
    client.get("/plays/running")
    before = len(questions(client, "/plays/running"))
    start(bank)
    assert len(questions(client, "/plays/running")) == before


def test_the_desk_says_what_runs_and_which_drill_is_missing(bank, sign_in):
    sun = sign_in("Sun")
    assert sun.get("/desk/panels/risk.emergencies").content.decode() == ""
    drills.drills_tick(datetime(2026, 1, 2, 2, tzinfo=UTC))
    text = sun.get("/desk/panels/risk.emergencies").content.decode()
    assert 'data-level="act"' in text and "演练自" in text
    start(bank)
    assert "实战 · " in sun.get("/desk/panels/risk.emergencies").content.decode()
    above = main_of(sign_in("Rita").get("/"))
    assert "演练" in above and "人民路支行" in above and "西湖支行" not in above


def test_a_risk_to_act_upon_is_on_the_desk_of_those_who_see_the_register(bank, sign_in):
    api.register_set_up(scope=bank.scope("Sun"), now=bank.now, branch=bank.b01)
    with scoped(bank.scope("Sun")):
        Risk.objects.filter(key="risk.fire").update(residual=20.0)
    text = sign_in("Sun").get("/desk/panels/risk.acts").content.decode()
    assert "20.0" in text and 'data-level="act"' in text
    assert sign_in("Mei").get("/desk/panels/risk.acts").status_code == 404
