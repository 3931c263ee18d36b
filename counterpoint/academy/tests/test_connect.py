"""Record stores and learning systems: what they are told, what is believed of them, and what never happens twice."""

import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.urls import reverse

from counterpoint.academy.connect import actions, doors, grades, lti, sending
from counterpoint.academy.drill import log, situation
from counterpoint.academy.models import Connection, DrillEvent, DrillSession, LtiLaunch, LtiLink
from counterpoint.academy.tests.conftest import LEVELS
from counterpoint.academy.tests.playing import Player
from counterpoint.foundation.api import Forbidden, fetch, keys, scoped
from counterpoint.foundation.scope import unscoped
from counterpoint.science import playing
from counterpoint.science.playing import datasets

PLATFORM = {
    "issuer": "https://lms.example", "client": "client-1", "deployment": "d-1", "login": "https://lms.example/auth",
    "keys": "https://lms.example/keys", "token": "https://lms.example/token",
}  # fmt: skip
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
KEYSET = {"keys": [json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key())) | {"kid": "k1", "alg": "RS256"}]}


class World:
    """The servers outside: what they were asked, and what they answer."""

    def __init__(self):
        self.asked, self.status, self.taken = [], 200, {}

    def __call__(self, url, *, method="GET", headers=None, body=None, seconds=0):
        self.asked.append((method, url, headers or {}, body))
        if url == PLATFORM["keys"]:
            return fetch.Reply(200, json.dumps(KEYSET).encode())
        if url == PLATFORM["token"]:
            return fetch.Reply(200, b'{"access_token": "t-1"}')
        if self.status == 0:
            raise fetch.Unreachable("silent")
        if self.status == 200 and url.endswith("/statements"):
            told = {one["id"]: one for one in json.loads(body)}
            if len(told) > 1 and set(told) & set(self.taken):
                return fetch.Reply(409, b"")
            self.taken |= {key: one for key, one in told.items() if key not in self.taken}
        return fetch.Reply(self.status, b"")


@pytest.fixture(autouse=True)
def kept_keys(settings, tmp_path):
    """The installation's keys."""
    settings.KEYS = tmp_path
    keys.create(tmp_path)


@pytest.fixture
def world(monkeypatch):
    made = World()
    monkeypatch.setattr(fetch, "ask", made)
    return made


@pytest.fixture
def store(bank, world):
    def go(**more):
        given = {"people": "opaque", "choices": False} | more
        return actions.store_connect(
            scope=bank.scope("Sysadmin"), unit=bank.hq, name="评价系统", url="https://lrs.example/xAPI", user="u",
            password="p", home="https://bank.example", now=bank.now, **given,
        )  # fmt: skip

    return go


@pytest.fixture
def platform(bank, world):
    return actions.platform_connect(
        scope=bank.scope("Sysadmin"),
        unit=bank.hq,
        name="网络学院",
        settings=PLATFORM,
        home="http://testserver",
        now=bank.now,
    )


def later(bank):
    return bank.now + timedelta(minutes=5)


@pytest.mark.django_db
def test_a_store_is_told_once_and_in_order_what_was_learnt(bank, passes, store, world):
    connection = store(choices=True)
    passes("Sun")
    assert sending.tell_stores(bank.now) == 0  # not before everything earlier is surely written
    assert sending.tell_stores(later(bank)) == len(world.taken) >= 8
    told = list(world.taken.values())
    verbs = [one["verb"]["display"]["en"] for one in told]
    assert verbs[0] == "initialized" and verbs[-1] == "passed" and verbs.count("answered") >= 5
    answers = [one["result"] for one in told if one["verb"]["display"]["en"] == "answered"]
    assert all(one["response"] and one["score"]["scaled"] == 1 for one in answers)
    people = {one["actor"]["account"]["name"] for one in told}
    assert len(people) == 1 and bank.people["Sun"].staff_no not in json.dumps(told)
    assert sending.tell_stores(later(bank)) == 0
    # after a crash before the cursor was kept the same is told again: the store holds it already
    with unscoped("test"):
        Connection.objects.filter(pk=connection.pk).update(reached=0)
    held = dict(world.taken)
    sending.tell_stores(later(bank))
    assert world.taken == held


@pytest.mark.django_db
def test_without_being_asked_for_no_answer_leaves_the_house(bank, passes, store, world):
    store(people="staff")
    passes("Sun")
    sending.tell_stores(later(bank))
    assert all("response" not in one.get("result", {}) for one in world.taken.values())
    assert {one["actor"]["account"]["name"] for one in world.taken.values()} == {bank.people["Sun"].staff_no}


@pytest.mark.django_db
def test_a_choice_is_told_at_its_own_moment_with_the_hall_that_it_was_made_in(bank, store, world):
    store()
    sun = Player(bank)
    sun.make(datasets.demo_game(3, injects=datasets.demo_injects()))
    sun.pace(10)
    for act, minutes in (("window-open", 0), ("window-close", 3)):
        sun.later(seconds=60 * minutes + 180)
        sun.order(act, {"counter": "K4", "user": "floater"}, now=bank.now + timedelta(minutes=minutes))
    sun.finish()
    with scoped(sun.scope):
        kept = [line for line in DrillEvent.objects.filter(session=sun.session).order_by("seq") if line.kind == "order"]
        row = DrillSession.objects.get(pk=sun.session)
        game, orders = log.game_of(row), log.orders_of(kept)
    sending.tell_stores(bank.now + timedelta(hours=1))
    told = [one for one in world.taken.values() if one["verb"]["id"].endswith("/decided")]
    assert [one["timestamp"] for one in told] == [line.at.isoformat() for line in kept]
    assert len({one["timestamp"] for one in told}) == 2
    for one, line, order in zip(told, kept, orders, strict=True):
        day = playing.play(game, [other for other in orders if other.second < order.second], order.minute, log=False)
        assert line.state == situation.situation(day)
        hall = {name.rpartition("/")[2]: value for name, value in one["context"]["extensions"].items()}
        assert hall == line.state and {"waiting", "longest", "late", "queues", "windows", "free", "down"} <= set(hall)


@pytest.mark.django_db
def test_a_choice_of_a_log_that_kept_no_state_is_told_with_the_state_of_the_day_itself(bank, store, world):
    store()
    sun = Player(bank)
    sun.make(datasets.demo_game(3, injects=datasets.demo_injects()))
    sun.pace(10)
    sun.later(seconds=180)
    with scoped(sun.scope):
        row = DrillSession.objects.get(pk=sun.session)
        log.append(
            row, log.ORDER, 33_000, act="window-open", inputs={"counter": "K4", "user": "floater"},
            actor=bank.people["Sun"].pk, key="old", at=bank.now,
        )  # fmt: skip
        game = log.game_of(row)
    sun.finish()
    sending.tell_stores(bank.now + timedelta(hours=1))
    (one,) = [one for one in world.taken.values() if one["verb"]["id"].endswith("/decided")]
    found = {name.rpartition("/")[2]: value for name, value in one["context"]["extensions"].items()}
    assert found == situation.situation(situation.just_before(game, (), 33_000))


@pytest.mark.django_db
def test_a_silent_store_is_asked_ever_more_seldom_and_misses_nothing(bank, passes, store, world):
    connection = store()
    passes("Sun")
    world.status, at, waits = 0, later(bank), []
    for _try in range(4):
        sending.tell_stores(at)
        with unscoped("test"):
            connection.refresh_from_db()
        waits.append(connection.next_at - at)
        at = connection.next_at
    assert waits == sorted(waits) and waits[0] < waits[-1] and connection.error and not world.taken
    world.status = 200
    assert sending.tell_stores(at) >= 8


@pytest.mark.django_db
def test_only_headquarters_connects_and_only_to_what_may_be_asked(bank, world):
    here = {"unit": bank.b01, "name": "x", "user": "u", "password": "p", "people": "staff", "choices": False}
    with pytest.raises(Forbidden):
        actions.store_connect(scope=bank.scope("Sun"), url="https://lrs.example", home="h", now=bank.now, **here)
    for url in ("http://lrs.example/", "ftp://x", "https://", "https://a@b.example/", "javascript:1"):
        with pytest.raises(fetch.Unreachable):
            fetch.checked(url)


# --- learning systems ------------------------------------------------------------------------------------------------


def token(nonce, key=KEY, algorithm="RS256", kid="k1", **changed):
    from django.utils import timezone

    second = int(timezone.now().timestamp())
    told = {
        "iss": PLATFORM["issuer"], "aud": PLATFORM["client"], "sub": "account-7", "iat": second, "exp": second + 300,
        "nonce": nonce, "name": "孙", f"{lti.CLAIM}/version": "1.3.0", f"{lti.CLAIM}/deployment_id": "d-1",
        f"{lti.CLAIM}/message_type": "LtiResourceLinkRequest", f"{lti.CLAIM}/custom": {"lesson": LEVELS},
        f"{lti.GRADES}/claim/endpoint": {"lineitem": "https://lms.example/items/3?x=1", "scope": [lti.SCORE]},
    } | changed  # fmt: skip
    return jwt.encode(told, key, algorithm=algorithm, headers={"kid": kid})


def begun(client):
    answer = client.get(reverse("academy:lti-login"), {"iss": PLATFORM["issuer"], "login_hint": "h"}, secure=True)
    asked = parse_qs(urlsplit(answer.url).query)
    assert answer.url.startswith(PLATFORM["login"]) and asked["redirect_uri"] == [
        "http://testserver/academy/lti/launch"
    ]
    return asked["state"][0], asked["nonce"][0]


def launched(client, state, signed):
    return client.post(reverse("academy:lti-launch"), {"state": state, "id_token": signed}, secure=True)


@pytest.mark.django_db
def test_from_a_learning_system_to_the_lesson_and_the_grade_back(bank, client, platform, passes, world):
    state, nonce = begun(client)
    arrived = launched(client, state, token(nonce))
    assert arrived.status_code == 302
    assert client.get(arrived.url).status_code == 302  # nobody is signed in by another system's word
    client.force_login(bank.people["Sun"])
    page = client.get(arrived.url)
    assert page.status_code == 200 and "这是您的账号吗" in page.content.decode()
    taken = client.post(f"{arrived.url}/link")
    assert taken.url == reverse("academy:lesson", args=[LEVELS])
    assert grades.give_grades(bank.now) == 0
    passes("Sun")
    assert grades.give_grades(later(bank)) == 1 and grades.give_grades(later(bank)) == 0
    method, url, headers, body = world.asked[-1]
    assert (method, url) == ("POST", "https://lms.example/items/3/scores?x=1")
    assert headers["Authorization"] == "Bearer t-1" and json.loads(body)["userId"] == "account-7"
    assertion = parse_qs(world.asked[-2][3].decode())["client_assertion"][0]
    public = client.get(reverse("academy:lti-keys", args=[platform.pk])).json()
    jwt.decode(assertion, jwt.PyJWKSet.from_dict(public)[str(platform.pk)], ["RS256"], audience=PLATFORM["token"],
               options={"verify_exp": False})  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"key": OTHER}, {"kid": "k9"}, {"aud": "client-2"}, {"iss": "https://evil.example"}, {"nonce": "n"}, {"exp": 1},
        {f"{lti.CLAIM}/deployment_id": "d-2"}, {f"{lti.CLAIM}/message_type": "LtiDeepLinkingRequest"},
        {f"{lti.CLAIM}/version": "1.1"}, {"aud": ["client-1", "client-2"], "azp": "client-2"},
        {"key": "secret-of-thirty-two-letters-and-more", "algorithm": "HS256"}, {"key": None, "algorithm": "none"},
    ],
)  # fmt: skip
def test_a_message_that_does_not_hold_leads_nowhere(bank, client, platform, wrong):
    state, nonce = begun(client)
    answer = launched(client, state, token(**{"nonce": nonce, **wrong}))
    assert answer.status_code == 400 and "学习平台发来的消息不成立" in answer.content.decode()
    with unscoped("test"):
        assert not LtiLaunch.objects.exists()


@pytest.mark.django_db
def test_a_message_is_taken_once_in_the_browser_that_began(bank, client, platform):
    state, nonce = begun(client)
    signed = token(nonce)
    assert launched(type(client)(), state, signed).status_code == 400
    assert launched(client, state, signed).status_code == 302
    client.cookies[doors.COOKIE] = nonce
    assert launched(client, state, signed).status_code == 400


@pytest.mark.django_db
def test_an_account_is_one_persons(bank, client, platform):
    state, nonce = begun(client)
    arrived = launched(client, state, token(nonce)).url
    client.force_login(bank.people["Sun"])
    client.post(f"{arrived}/link")
    other = type(client)()
    state, nonce = begun(other)
    arrived = launched(other, state, token(nonce)).url
    other.force_login(bank.people["Mei"])
    assert other.get(arrived).status_code == 403 and other.post(f"{arrived}/link").status_code == 403
    with scoped(bank.scope("Sysadmin")):
        assert [one.user_id for one in LtiLink.objects.all()] == [bank.people["Sun"].pk]
    actions.connection_switch(scope=bank.scope("Sysadmin"), connection=platform.pk, active=False, now=bank.now)
    assert client.get(reverse("academy:lti-login"), {"iss": PLATFORM["issuer"]}, secure=True).status_code == 404


@pytest.mark.django_db
def test_the_page_connects_stops_and_packs(bank, client, world):
    client.force_login(bank.people["Sysadmin"])
    given = {"name": "评价系统", "url": "https://lrs.example/xAPI", "user": "u", "password": "p", "people": "staff"}
    assert client.post(reverse("academy:store-add"), given).status_code == 302
    assert client.post(reverse("academy:platform-add"), {"name": "网络学院", **PLATFORM}).status_code == 302
    kept = client.post(reverse("academy:store-add"), given | {"url": "http://x", "name": "另一个"})
    assert kept.status_code == 200 and "另一个" in kept.content.decode()
    page = client.get(reverse("academy:connections")).content.decode()
    assert "https://lrs.example/xAPI" in page and "keys.json" in page
    with scoped(bank.scope("Sysadmin")):
        row = Connection.objects.get(name="评价系统")
    assert "p" not in row.sealed[:1] and "password" not in row.sealed
    client.post(reverse("academy:connection-switch", args=[row.pk]), {"active": "no"})
    assert "已停止" in client.get(reverse("academy:connections")).content.decode()
    packed = client.get(reverse("academy:package", args=[LEVELS, "scorm12"]), {"language": "en"})
    assert packed["Content-Type"] == "application/zip" and packed.content[:2] == b"PK"
    client.force_login(bank.people["Sun"])
    assert client.get(reverse("academy:connections")).status_code == 404
