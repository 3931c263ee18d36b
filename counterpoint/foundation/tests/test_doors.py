"""Doors: who passes which policy, where one goes from sign-in, and what of a request is believed."""

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pyotp
import pytest
from django.http import Http404, HttpResponse
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from conftest import PASSWORD
from counterpoint.foundation import access, account, actions, keys, policy, signin
from counterpoint.foundation.clock import SystemClock
from counterpoint.foundation.middleware import branches_of, current_branch, is_over
from counterpoint.foundation.models import JobRun, RateBucket, StoredFile, User
from counterpoint.foundation.ratelimit import address_of
from counterpoint.foundation.scope import Scope, scoped
from counterpoint.foundation.signin import SignInRefused
from counterpoint.foundation.views import safe_next

VERB = "foundation.org.view"
HOLDER = Scope(None, ("/hq/",), {VERB: ("/hq/",)})
OTHER = Scope(None, ("/hq/",), {"foundation.org.edit": ("/hq/",)})
CALLERS = {"nobody": None, "holder": HOLDER, "other": OTHER}
GUARDS = {
    "public": policy.public("a test"),
    "signed_in": policy.signed_in,
    "allow": policy.allow(VERB),
    "device": policy.device(VERB),
}


def reached(request):
    return HttpResponse("reached")


async def reached_later(request):
    return HttpResponse("reached")


def asked(guard, scope, view=reached, device=None, **headers):
    """The status that this caller gets at a view behind this guard."""
    request = RequestFactory().get("/somewhere?a=1", headers=headers)
    request.scope, request.device = scope, device
    guarded = guard(view)
    try:
        answer = asyncio.run(guarded(request)) if view is reached_later else guarded(request)
    except Http404:
        return 404
    return answer.status_code


@pytest.mark.parametrize("view", [reached, reached_later], ids=["plain", "async"])
@pytest.mark.parametrize(
    ("guard", "nobody", "holder", "other"),
    [("public", 200, 200, 200), ("signed_in", 302, 200, 200), ("allow", 302, 200, 404), ("device", 302, 200, 404)],
)
def test_who_passes_which_door(guard, nobody, holder, other, view):
    found = {name: asked(GUARDS[guard], scope, view) for name, scope in CALLERS.items()}
    assert found == {"nobody": nobody, "holder": holder, "other": other}
    found = {name: asked(GUARDS[guard], scope, view, device="kiosk") for name, scope in CALLERS.items() if scope}
    pages = guard in ("signed_in", "allow")  # of people, whatever the key may
    assert found == {"holder": 404 if pages else holder, "other": 404 if pages else other}


@pytest.mark.parametrize("guard", ["signed_in", "allow", "device"])
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 302),
        ({"HX-Request": "true"}, 401),
        ({"Accept": "text/event-stream"}, 401),
        ({"Accept": "text/html, */*"}, 302),
    ],
    ids=["a page", "a part of a page", "a stream", "a browser"],
)
def test_only_a_page_is_sent_to_sign_in(guard, headers, status):
    """A part of a page that was redirected would show the sign-in form inside the page."""
    assert asked(GUARDS[guard], None, **headers) == status


def test_sign_in_leads_back_to_where_one_wanted_to_go():
    request = RequestFactory().get("/somewhere?a=1&b=%E4%BA%BA")
    request.scope = request.device = None
    assert policy.signed_in(reached)(request)["Location"] == "/sign-in?next=/somewhere%3Fa%3D1%26b%3D%25E4%25BA%25BA"


def test_a_guarded_view_says_how_it_is_guarded_and_keeps_its_name():
    for name, guard in GUARDS.items():
        view = guard(reached)
        assert view.policy.kind == name and view.__name__ == "reached"
    assert GUARDS["allow"](reached).policy.verb == VERB and GUARDS["public"](reached).policy.why == "a test"


@pytest.mark.parametrize(
    ("target", "goes"),
    [
        ("/account", "/account"),
        ("/setup?x=1#y", "/setup?x=1#y"),
        ("http://testserver/account", "http://testserver/account"),
        ("", "/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("///evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("http:evil.example", "/"),
        (" //evil.example", "/"),
        ("\x00//evil.example", "/"),
    ],
)
def test_one_is_never_sent_to_another_server(target, goes):
    assert safe_next(RequestFactory().post("/sign-in", {"next": target})) == goes
    assert safe_next(RequestFactory().get("/sign-in", {"next": target})) == goes


def test_over_https_one_is_not_sent_to_an_open_page():
    request = RequestFactory().post("/sign-in", {"next": "http://testserver/account"}, secure=True)
    assert safe_next(request) == "/"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "", "127.0.0.1"),
        (0, "10.1.1.1", "127.0.0.1"),
        (1, "", "127.0.0.1"),
        (1, "10.1.1.1", "10.1.1.1"),
        (1, "6.6.6.6, 10.1.1.1", "10.1.1.1"),
        (2, "6.6.6.6, 10.1.1.1, 10.9.9.9", "10.1.1.1"),
        (2, "10.9.9.9", "127.0.0.1"),
        (1, " , 10.1.1.1 , ", "10.1.1.1"),
    ],
)
def test_the_address_is_what_the_last_trusted_proxy_saw(settings, proxies, forwarded, address):
    """What a caller writes into the header itself stands before what the proxies add."""
    settings.TRUSTED_PROXIES = proxies
    assert address_of(RequestFactory().get("/", headers={"X-Forwarded-For": forwarded})) == address


@pytest.mark.parametrize(
    ("session", "over"),
    [
        ({}, False),
        ({"seen": 1000, "began": 1000}, False),
        ({"seen": 1000 - 900, "began": 0}, False),
        ({"seen": 1000 - 901, "began": 0}, True),
        ({"seen": 1000, "began": 1000 - 28_800}, False),
        ({"seen": 1000, "began": 1000 - 28_801}, True),
        ({"seen": 5000, "began": 5000}, False),
    ],
    ids=["fresh", "now", "rested enough", "rested longer", "old enough", "older", "clock went back"],
)  # fmt: skip
def test_a_sign_in_is_over_a_second_after_its_limits(settings, session, over):
    settings.SESSION_IDLE_SECONDS, settings.SESSION_COOKIE_AGE = 900, 28_800
    assert is_over(session, 1000) is over


@pytest.fixture
def own_keys(settings, tmp_path):
    settings.KEYS = tmp_path / "keys"
    keys.create()


@pytest.fixture
def enrolled(bank, own_keys):
    """Sun with an authenticator that was set up an hour ago."""
    sun, secret = bank.people["Sun"], signin.new_secret()
    before = bank.now - timedelta(hours=1)
    signin.enrol(user=sun, secret=secret, code=pyotp.TOTP(secret).at(before), now=before)
    sun.refresh_from_db()
    return sun, pyotp.TOTP(secret)


def accepted(sun, code, now):
    try:
        signin.check_code(user=sun, code=code, now=now)
    except SignInRefused:
        return False
    return True


# A code belongs to a half minute; it is taken in its own and in the next one, as people read slowly.
@pytest.mark.parametrize(
    ("seconds", "good"),
    [(-31, False), (-1, False), (0, True), (29, True), (30, True), (59, True), (60, False), (90, False)],
)
def test_a_code_is_good_for_its_half_minute_and_the_next(bank, enrolled, seconds, good):
    sun, totp = enrolled
    begins = datetime.fromtimestamp(int(bank.now.timestamp()) // 30 * 30, UTC)
    assert accepted(sun, totp.at(begins), begins + timedelta(seconds=seconds)) is good


@pytest.mark.parametrize(
    ("spelling", "good"),
    [
        (lambda code: f" {code} ", True),
        (lambda code: f"{code[:3]} {code[3:]}", True),
        (lambda code: f"{code[:3]}\u3000{code[3:]}", True),
        (lambda code: "".join(chr(ord(digit) + 0xFEE0) for digit in code), True),
        (lambda code: code + "0", False),
        (lambda code: code[:5], False),
        (lambda code: code[::-1] + "x", False),
        (lambda code: "", False),
    ],
    ids=["spaces around", "as shown", "a wide space", "full width", "longer", "shorter", "other", "empty"],
)
def test_a_code_is_read_as_people_type_it(bank, enrolled, spelling, good):
    sun, totp = enrolled
    assert accepted(sun, spelling(totp.at(bank.now)), bank.now) is good


def test_a_code_typed_as_the_authenticator_shows_it_signs_in(bank, enrolled):
    _sun, totp = enrolled
    client = Client()
    client.post("/sign-in", {"staff_no": "sun", "password": PASSWORD, "next": "/account"})
    code = totp.at(SystemClock().now())
    answer = client.post("/sign-in/code", {"code": f"{code[:3]} {code[3:]}"})
    assert answer.status_code == 302 and answer["Location"] == "/account"


def test_without_an_authenticator_no_code_is_right(bank, own_keys):
    for code in ("", "000000", pyotp.TOTP(pyotp.random_base32()).at(bank.now)):
        assert not accepted(bank.people["Sun"], code, bank.now)


@given(st.text(max_size=12))
def test_a_provisioning_address_is_ascii_whatever_the_name(name):
    user = User(staff_no="sun", name=name)
    uri = signin.provisioning_uri(user, "JBSWY3DPEHPK3PXP" * 2)
    assert uri.isascii() and uri.startswith("otpauth://totp/Counterpoint:sun?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")


@pytest.mark.parametrize("help_", ["unlock", "reset_password"])
def test_help_from_the_operator_ends_every_wait_of_the_person(bank, own_keys, help_):
    sun, now = bank.people["Sun"], bank.now
    guesses = {
        "account": lambda: signin.check_password(staff_no="SUN", password="wrong", address="10.0.0.1", now=now),
        "code": lambda: signin.check_code(user=sun, code="000000", now=now),
        "present": lambda: signin.check_present(user=sun, password="wrong", now=now),
    }
    for guess in guesses.values():
        for _try in range(signin.ACCOUNT_LIMIT):
            try:
                guess()
            except SignInRefused:
                continue
    waits = {f"signin:account:{sun.staff_no}", f"signin:code:{sun.pk}", f"signin:present:{sun.pk}"}
    assert waits <= set(RateBucket.objects.values_list("key", flat=True))
    more = {"password": "a new branch day 2026"} if help_ == "reset_password" else {}
    getattr(account, help_)(user=sun, now=now, **more)
    assert not waits & set(RateBucket.objects.values_list("key", flat=True))


def test_help_for_one_person_does_not_open_the_account_of_another(bank, own_keys):
    with pytest.raises(SignInRefused):
        signin.check_password(staff_no="mei", password="wrong", address="10.0.0.1", now=bank.now)
    account.unlock(user=bank.people["Sun"], now=bank.now)
    assert RateBucket.objects.filter(key="signin:account:mei").exists()


@pytest.mark.parametrize("given_", [{}, {"staff_no": "mei"}, {"password": "x"}, {"staff_no": " ", "password": "x"}])
def test_an_incomplete_sign_in_asks_again_and_counts_no_try(bank, given_):
    assert Client().post("/sign-in", given_).status_code == 200
    assert not RateBucket.objects.exists()


@pytest.mark.parametrize("address", ["/sign-in/code", "/sign-in/code.svg"])
def test_the_second_step_without_the_first_leads_back(bank, address):
    assert Client().get(address).status_code in (302, 404)
    assert Client().post("/sign-in/code", {"code": "000000"})["Location"] == "/sign-in"


def test_signing_out_is_never_a_link(sign_in):
    client = sign_in("Mei")
    assert client.get("/sign-out").status_code == 405 and client.get("/account").status_code == 200
    assert client.post("/sign-out").status_code == 302 and client.get("/account").status_code == 302


def job(bank, **fields):
    with scoped(bank.scope("Sun")):
        row = JobRun(org_unit=bank.b01, key="k", kind="x", requested_at=bank.now, **fields)
        row.save()
    return row


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, {"state": "queued", "done": 0, "text": "", "url": ""}),
        ({"progress": 0.999, "message": "a"}, {"state": "queued", "done": 100, "text": "a", "url": ""}),
        (
            {"state": "failed", "error": "Row 3", "message": "a", "progress": 0.5},
            {"state": "failed", "done": 50, "text": "Row 3", "url": ""},
        ),
        (
            {"state": "done", "progress": 1.0, "result": {"url": "/team/plan"}},
            {"state": "done", "done": 100, "text": "", "url": "/team/plan"},
        ),
        ({"state": "done", "result": {"rows": 3}}, {"state": "done", "done": 0, "text": "", "url": ""}),
    ],
    ids=["waiting", "nearly", "failed", "done with a page", "done without"],
)
def test_a_progress_bar_hears_what_it_shows(bank, sign_in, fields, told):
    assert sign_in("Mei").get(f"/jobs/{job(bank, **fields).pk}.json").json() == told | {"total": 100}


def test_a_file_downloads_under_its_chinese_name_and_is_never_a_page(bank, sign_in, settings, tmp_path):
    settings.FILES = tmp_path
    with scoped(bank.scope("Sun")):
        row = StoredFile(
            org_unit=bank.b01, sha256="ab" * 32, name="\u5386\u53f2\r\n\".csv", media_type="text/html", size=1,
            stored_at=bank.now,
        )  # fmt: skip
        row.save()
    (tmp_path / "ab").mkdir()
    (tmp_path / "ab" / row.sha256).write_bytes(b"<script>")
    answer = sign_in("Mei").get(f"/files/{row.pk}")
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E5%8E%86")
    assert answer["Content-Security-Policy"] == "sandbox" and answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(("person", "opens"), [("Mei", True), ("Rita", True), ("Otto", True), ("Bo", False)])
def test_who_is_over_a_branch_may_open_its_files(bank, person, opens):
    assert bank.scope(person).may("foundation.files.view", bank.b01.path) is opens
    assert bank.scope(person).covers(bank.b01.path) is opens


@pytest.mark.parametrize(
    ("wished", "spoken"), [("en", "en"), ("zh-hant", "zh-hant"), ("fr", "zh-hans"), ("", "zh-hans")]
)
def test_a_page_speaks_the_wished_language_or_the_sites(bank, wished, spoken):
    client = Client(headers={"Accept-Language": "en"})
    client.cookies["counterpoint-language"] = wished
    page = client.get("/sign-in")
    assert page["Content-Language"] == spoken and f'lang="{spoken}"'.lower() in page.content.decode().lower()


def test_a_branch_that_left_the_scope_is_no_longer_the_chosen_one(bank, sign_in):
    client = sign_in("Rita")
    client.post("/branch", {"branch": "b02"})
    root = bank.scope("Sysadmin")
    with scoped(root):
        actions.org_unit_move(scope=root, now=bank.now, unit=bank.b02, parent=bank.west)
    page = client.get("/setup")
    assert page.wsgi_request.branch.code == "b01"
    assert [unit.code for unit in page.wsgi_request.branches] == ["b01"]


@pytest.mark.parametrize("given_", [{}, {"branch": ""}, {"branch": "east"}, {"branch": "b09"}])
def test_only_a_branch_can_be_worked_at(sign_in, given_):
    assert sign_in("Rita").post("/branch", given_).status_code == 404


def test_a_person_without_a_post_is_signed_in_and_sees_nothing(bank):
    person = User.objects.create_user("new", "New", PASSWORD)
    client = Client()
    assert client.post("/sign-in", {"staff_no": "new", "password": PASSWORD}).status_code == 302
    assert client.get("/account").status_code == 200
    assert client.get("/setup").status_code == 404 and client.get("/journal").status_code == 404
    assert access.scope_of(person, bank.now) == Scope(person.pk, (), actor_label="New")


def test_a_request_of_nobody_has_no_branch():
    request = SimpleNamespace(scope=None)
    assert current_branch(request) is None and branches_of(request) == []
