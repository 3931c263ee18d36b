"""Pages of certificates come for who may see them, in Chinese without leftovers; strangers check by code and badge."""

import json
from datetime import timedelta

import pytest

from counterpoint.academy import api
from counterpoint.academy.certificates import jws, public
from counterpoint.academy.models import Certificate
from counterpoint.academy.tests.certified import COMPLAINTS, HALL, LOBBY, award, hire, learnt
from counterpoint.academy.tests.test_pages import left
from counterpoint.foundation import keys
from counterpoint.foundation.scope import unscoped


@pytest.fixture(autouse=True)
def keyed(settings, tmp_path):
    """An installation with its keys."""
    settings.KEYS = tmp_path / "keys"
    keys.create()


@pytest.fixture
def held(bank):
    """Omar holds the certificate for the hall."""
    learnt(bank, "Omar")
    return award(bank)


def read(answer):
    return answer.content.decode()


@pytest.mark.parametrize(("who", "page"), [
    ("Omar", "certificates"), ("Sun", "certificates"), ("Mei", "certificates"), ("Sun", "certificates/team"),
    ("Ada", "certificates/team"), ("Omar", "certificates/{held}"), ("Ada", "certificates/{held}"),
    ("Ada", "certificates/award?person={mei}&certificate=" + LOBBY),
    ("Ada", "certificates/award?person={omar}&certificate=" + LOBBY),
    ("Ada", "certificates/award?person={sun}&certificate=academy.certificate.supervisor"),
])  # fmt: skip
def test_every_page_comes_in_chinese_without_leftovers(bank, sign_in, held, who, page):
    names = {name.lower(): bank.people[name].pk for name in ("Mei", "Omar", "Sun")}
    answer = sign_in(who).get("/academy/" + page.format(held=held.pk, **names))
    assert answer.status_code == 200
    assert [one for one in left(read(answer)) if one not in {"PDF", held.public_code}] == []


@pytest.mark.parametrize(("language", "words"), [("en", "Certified for the hall"), ("zh-hant", "大堂現場上崗證")])
def test_the_other_languages_are_spoken_too(sign_in, held, language, words):
    omar = sign_in("Omar")
    omar.cookies["counterpoint-language"] = language
    assert words in read(omar.get("/academy/certificates"))


def test_what_is_missing_stands_line_by_line_with_the_way_to_it(bank, sign_in):
    learnt(bank, "Omar", HALL[:2])
    page = read(sign_in("Omar").get("/academy/certificates"))
    assert (
        "2 / 3" in page and f'href="/academy/lesson/{HALL[2]}"' in page and f'href="/academy/lesson/{HALL[3]}"' in page
    )
    assert f'href="/academy/lesson/{HALL[0]}"' not in page and "颁发时由第二人确认" in page


def test_a_branch_head_confirms_and_awards_on_the_page(bank, sign_in):
    learnt(bank, "Omar")
    ada, omar = sign_in("Ada"), bank.people["Omar"].pk
    page = read(ada.get(f"/academy/certificates/award?person={omar}&certificate={LOBBY}"))
    assert (
        'name="confirmed" value="opened_alone"' in page
        and "disabled" not in page.split('<form method="post" action="/academy/c')[1]
    )
    without = ada.post("/academy/certificates/award/do", {"person": omar, "certificate": LOBBY}, follow=True)
    assert "尚缺" in read(without)
    told = ada.post(
        "/academy/certificates/award/do",
        {"person": omar, "certificate": LOBBY, "confirmed": "opened_alone"},
        follow=True,
    )
    assert "已颁发" in read(told) and "2027-11-22" in read(told)


def test_training_at_headquarters_awards_too(bank, sign_in):
    hire(bank, "Tao", "hq_training", "hq")
    learnt(bank, "Ada", ("academy.service.levels", "academy.service.legal_clock"))
    tao, ada = sign_in("Tao"), bank.people["Ada"].pk
    tao.post("/branch", {"branch": "b01"})
    page = read(tao.get(f"/academy/certificates/award?person={ada}&certificate={COMPLAINTS}"))
    assert "handled_two" in page
    told = {"person": ada, "certificate": COMPLAINTS, "confirmed": "handled_two"}
    assert "已颁发" in read(tao.post("/academy/certificates/award/do", told, follow=True))


@pytest.mark.parametrize("who", ["Mei", "Stranger"])
def test_others_find_neither_certificate_nor_badge(sign_in, held, who):
    client = sign_in(who)
    for page in ("", ".pdf", ".jwt"):
        assert client.get(f"/academy/certificates/{held.pk}{page}").status_code == 404
    for page in ("name", "revoke"):
        assert client.post(f"/academy/certificates/{held.pk}/{page}", {"reason": "no right"}).status_code == 404


def test_a_leader_reads_it_but_the_badge_is_the_holders(sign_in, held):
    assert sign_in("Sun").get(f"/academy/certificates/{held.pk}").status_code == 200
    assert sign_in("Sun").get(f"/academy/certificates/{held.pk}.jwt").status_code == 404
    answer = sign_in("Omar").get(f"/academy/certificates/{held.pk}.jwt")
    assert answer["Content-Type"] == "application/vc+jwt" and read(answer) == held.badge


def test_the_holder_shows_the_way_to_renew_and_others_do_not_see_it(sign_in, held):
    assert "续期条件" in read(sign_in("Omar").get(f"/academy/certificates/{held.pk}"))
    assert "续期条件" not in read(sign_in("Ada").get(f"/academy/certificates/{held.pk}"))


def test_a_changed_rule_stands_on_the_way_to_renew(sign_in, held, monkeypatch):
    monkeypatch.setattr("counterpoint.academy.learning.queries.changed_since", lambda run, on: ("changed",))
    page = read(sign_in("Omar").get(f"/academy/certificates/{held.pk}"))
    assert "只需学习变化部分" in page and f"/academy/changed/{HALL[0]}" in page


def test_it_is_revoked_on_its_page_and_the_holder_reads_why(sign_in, held):
    ada = sign_in("Ada")
    assert "请写明原因" in read(ada.post(f"/academy/certificates/{held.pk}/revoke", {"reason": ""}, follow=True))
    ada.post(f"/academy/certificates/{held.pk}/revoke", {"reason": "签到造假"})
    assert "签到造假" in read(sign_in("Omar").get(f"/academy/certificates/{held.pk}"))
    assert sign_in("Omar").get(f"/academy/certificates/{held.pk}.pdf").status_code == 302


def test_it_is_printed_with_its_code(sign_in, held):
    answer = sign_in("Omar").get(f"/academy/certificates/{held.pk}.pdf")
    assert answer["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF")


def test_a_stranger_sees_what_it_is_and_no_name(bank, client, held):
    page = read(client.get(f"/k/{held.public_code}"))
    assert "大堂现场上岗证" in page and "有效" in page and "2027-11-22" in page and "总行" in page
    assert "Omar" not in page and "O." not in page
    api.show_name(scope=bank.scope("Omar"), certificate=held.pk, shown=True, now=bank.now)
    page = read(client.get(f"/k/{held.public_code}"))
    assert "O." in page and "Omar" not in page


@pytest.mark.parametrize(
    ("name", "told"), [("王小明", "王**"), ("Omar", "O."), ("Jo Ann Lee", "J. A. L."), ("欧阳", "欧*")]
)
def test_of_a_name_only_initials_are_told(name, told):
    assert public.initials(name) == told


def test_an_ended_certificate_says_so_before_the_clock_has_come_by(bank, client, held, clock):
    clock.at = bank.now + timedelta(days=400)
    assert "已到期" in read(client.get(f"/k/{held.public_code}"))


@pytest.mark.parametrize("code", ["nothing", "k" * 16, "0" * 16, "x" * 40])
def test_an_unknown_code_is_no_page(client, held, code):
    assert client.get(f"/k/{code}").status_code == 404


def test_guessing_is_limited_by_address(client, held, monkeypatch):
    monkeypatch.setattr(public, "LOOKS", 4)
    for _look in range(public.LOOKS):
        client.get(f"/k/{'k' * 16}")
    assert client.get(f"/k/{held.public_code}").status_code == 429


def test_a_pasted_badge_is_verified_in_full_and_a_changed_one_refused(client, held):
    for address in (f"/k/{held.public_code}", "/k/"):
        answer = client.post(address, {"badge": f"  {held.badge[:90]}\n{held.badge[90:]} "})
        assert answer.status_code == 200 and "此徽章有效" in read(answer)
    wrong = held.badge[:-9] + ("A" if held.badge[-9] != "A" else "B") + held.badge[-8:]
    answer = client.post(f"/k/{held.public_code}", {"badge": wrong})
    assert answer.status_code == 422 and "此徽章无效" in read(answer) and "内容被改动过" in read(answer)
    assert "此徽章无效" in read(client.post("/k/", {"badge": "hello"}))


def test_a_badge_of_another_certificate_does_not_prove_this_one(bank, client, held):
    learnt(bank, "Sun")
    other = award(bank, holder="Sun")
    assert client.post(f"/k/{held.public_code}", {"badge": other.badge}).status_code == 422
    assert client.post("/k/", {"badge": other.badge}).status_code == 200


def test_a_revoked_and_an_ended_badge_are_refused_on_the_page(bank, client, held, clock):
    with unscoped("the test looks"):
        assert Certificate.objects.count() == 1
    clock.at = bank.now + timedelta(days=400)
    assert "已到期" in read(client.post("/k/", {"badge": held.badge}))
    clock.at = bank.now
    api.certificate_revoke(scope=bank.scope("Ada"), certificate=held.pk, reason="签到造假", now=bank.now)
    page = client.post("/k/", {"badge": held.badge})
    assert page.status_code == 422 and "证书已被撤销" in read(page)
    assert "签到造假" not in read(client.get(f"/k/{held.public_code}"))


def test_keys_and_status_list_are_served_as_outside_verifiers_ask_for_them(bank, client, held):
    did = json.loads(client.get("/academy/did.json").content)
    assert did["id"] == "did:web:testserver:academy" and len(did["verificationMethod"]) == 1
    assert json.loads(client.get("/.well-known/jwks.json").content)["keys"][0]["kid"] == did["assertionMethod"][0]
    answer = client.get(f"/academy/status/{held.status_list}")
    assert answer["Access-Control-Allow-Origin"] == "*"
    before = jws.verify(read(answer), public.publics())["credentialSubject"]["encodedList"]
    api.certificate_revoke(scope=bank.scope("Ada"), certificate=held.pk, reason="签到造假", now=bank.now)
    after = jws.verify(read(client.get(f"/academy/status/{held.status_list}")), public.publics())
    assert after["credentialSubject"]["encodedList"] != before
    assert client.get("/academy/status/7").status_code == 404
    assert client.post("/academy/did.json").status_code == 405


def test_without_keys_there_is_no_document_and_no_error(bank, client, settings, tmp_path):
    settings.KEYS = tmp_path / "none"
    for address in ("/academy/did.json", "/.well-known/jwks.json", "/academy/status/2026"):
        assert client.get(address).status_code == 404
    assert client.post("/k/", {"badge": "hello"}).status_code == 404
