"""Disputes and virtual teams in the browser's words: raise in one form, act by the buttons, see a live board."""

import re
from datetime import timedelta

import pytest

from counterpoint.team import api

pytestmark = pytest.mark.django_db
FORM = {"topic": "referral", "title": "客户转介归属", "text": "周一的客户", "idempotency_key": "k1"}


def test_one_form_raises_it_once_and_the_other_side_settles_it(bank, sign_in):
    mei, omar = sign_in("Mei"), sign_in("Omar")
    assert "提出争议" in mei.get("/team/disputes").content.decode()
    form = FORM | {"person": str(bank.people["Omar"].pk)}
    page = mei.post("/team/disputes/raise", form)
    assert page.status_code == 302 and mei.post("/team/disputes/raise", form).url == page.url
    shown = omar.get(page.url).content.decode()
    assert "客户转介归属" in shown and "双方协商" in shown and f"{page.url}/settle" in shown
    assert f"{page.url}/settle" not in mei.get(page.url).content.decode()
    omar.post(f"{page.url}/settle", {"decision": "agreed", "reasons": "看系统记录", "holding": "以登记为准"})
    assert f"{page.url}/confirm" not in omar.get(page.url).content.decode()
    assert f"{page.url}/confirm" in mei.get(page.url).content.decode()
    mei.post(f"{page.url}/confirm", {"answer": "yes"})
    assert "已办结" in mei.get(page.url).content.decode()
    assert "以登记为准" in sign_in("Sun").get("/team/disputes/precedents?q=登记").content.decode()


def test_a_refused_form_says_why_and_keeps_the_words(bank, sign_in):
    page = sign_in("Mei").post("/team/disputes/raise", FORM | {"person": str(bank.people["Bo"].pk)})
    assert page.status_code == 200 and "周一的客户" in page.content.decode()


def test_passing_on_reaches_the_supervisor_who_decides(bank, sign_in):
    mei, sun = sign_in("Mei"), sign_in("Sun")
    url = mei.post("/team/disputes/raise", FORM | {"person": str(bank.people["Omar"].pk)}).url
    mei.post(f"{url}/climb")
    assert f"{url}/settle" in sun.get(url).content.decode()
    sun.post(f"{url}/settle", {"decision": "partly", "reasons": "各有道理", "holding": "先登记后办理"})
    mine = api.my_disputes(scope=bank.scope("Mei"), now=bank.now)
    assert [row.stage_kind for row in mine] == ["resolved"]
    sign_in("Ada").post(f"{url}/confirm", {"answer": "yes"})
    assert api.my_disputes(scope=bank.scope("Mei"), now=bank.now)[0].stage_kind == "closed"
    assert "客户转介归属" in sun.get("/team/disputes").content.decode()


@pytest.mark.parametrize("who", ["Bo", "Stranger"])
def test_another_branch_gets_404(bank, sign_in, who):
    url = sign_in("Mei").post("/team/disputes/raise", FORM | {"person": str(bank.people["Omar"].pk)}).url
    stranger = sign_in(who)
    assert stranger.get(url).status_code == 404
    for part in ("settle", "confirm", "climb", "comment"):
        assert stranger.post(f"{url}/{part}", {"answer": "yes", "text": "x"}).status_code == 404


def test_the_desk_tells_of_a_dispute_and_of_a_card(bank, sign_in):
    sign_in("Mei").post("/team/disputes/raise", FORM | {"person": str(bank.people["Sun"].pk)})
    assert "客户转介归属" in sign_in("Sun").get("/").content.decode()


def formed(bank, rita):
    ends = (bank.now + timedelta(days=30)).date().isoformat()
    page = rita.post("/team/groups/form", {
        "unit": "east", "name": "夏季服务组", "purpose": "统一大堂服务口径", "ends_on": ends,
        "lead": str(bank.people["Mei"].pk), "members": [str(bank.people["Bo"].pk)],
    })  # fmt: skip
    assert page.status_code == 302
    return page.url


def test_a_team_is_formed_worked_and_dissolved_on_its_pages(bank, sign_in):
    rita, mei, bo, omar = (sign_in(who) for who in ("Rita", "Mei", "Bo", "Omar"))
    url = formed(bank, rita)
    live = mei.get(url).content.decode()
    assert 'data-live="/live/vt-' in live and "live:any" in live
    board = mei.post(f"{url}/cards", {"title": "写话术"}, headers={"HX-Request": "true"}).content.decode()
    card = re.search(r'data-card="([^"]+)"', board).group(1)
    bo.post(f"{url}/cards/{card}", {"column": "doing"}, headers={"HX-Request": "true"})
    assert "写话术" in mei.get(f"{url}/board").content.decode()
    assert omar.get(url).status_code == 404 and omar.get(f"{url}/board").status_code == 404
    assert "夏季服务组" not in sign_in("Sun").get("/team/groups").content.decode()
    mei.post(f"{url}/dissolve", {"lessons": "话术先在一个网点试一周再推开"})
    shown = bo.get(url).content.decode()
    assert "话术先在一个网点试一周再推开" in shown and f"{url}/cards" not in shown
    assert "夏季服务组" in rita.get("/team/groups?q=话术").content.decode()


def test_members_come_and_go_by_the_page(bank, sign_in):
    rita, mei, bo = (sign_in(who) for who in ("Rita", "Mei", "Bo"))
    url = formed(bank, rita)
    rita.post(f"{url}/members", {"user": str(bank.people["Omar"].pk)})
    assert "Omar" in mei.get(url).content.decode()
    bo.post(f"{url}/leave", {"user": str(bank.people["Bo"].pk)})
    assert bo.get(url).status_code == 404
    day = (bank.now + timedelta(days=60)).date().isoformat()
    rita.post(f"{url}/prolong", {"ends_on": day})
    assert day in mei.get(url).content.decode()


def test_the_stream_of_a_team_opens_for_its_members_only(bank, sign_in):
    from asgiref.sync import async_to_sync
    from django.test import AsyncClient

    url = formed(bank, sign_in("Rita"))
    code = re.search(r'data-live="(/live/vt-[^"]+)"', sign_in("Mei").get(url).content.decode()).group(1)

    def status(name):
        browser = AsyncClient()
        browser.force_login(bank.people[name])
        return async_to_sync(browser.get)(code).status_code

    assert status("Omar") == 404 == status("Stranger")
