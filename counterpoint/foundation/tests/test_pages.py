"""Signing in, the second factor, leaving, switching the branch, and the pages every room links to."""

import pyotp
import pytest
from django.test import Client

from conftest import PASSWORD
from counterpoint.foundation import keys
from counterpoint.foundation.models import JobRun, OrgUnit, StoredFile, User
from counterpoint.foundation.scope import scoped, unscoped


@pytest.fixture
def key_ring(settings, tmp_path):
    """Fresh keys and an empty file store."""
    settings.KEYS, settings.FILES = tmp_path / "keys", tmp_path / "files"
    keys.create()


def enter(client, staff_no, password=PASSWORD):
    return client.post("/sign-in", {"staff_no": staff_no, "password": password})


def test_mei_signs_in_and_lands_on_the_page_she_wanted(bank):
    client = Client()
    assert client.get("/account").headers["Location"] == "/sign-in?next=/account"
    answer = client.post("/sign-in?next=/account", {"staff_no": "mei", "password": PASSWORD, "next": "/account"})
    assert answer.headers["Location"] == "/account"
    assert "Mei" in client.get("/account").content.decode()


def test_a_wrong_password_and_an_unknown_number_get_the_same_answer(bank):
    pages = [enter(Client(), no, "wrong-wrong-wrong") for no in ("mei", "nobody")]
    assert [page.status_code for page in pages] == [401, 401]
    errors = [page.context["form"].non_field_errors() for page in pages]
    assert errors[0] == errors[1]


def test_after_five_wrong_tries_even_the_right_password_waits(bank):
    client = Client()
    for _try in range(5):
        assert enter(client, "mei", "wrong-wrong-wrong").status_code == 401
    assert enter(client, "mei").status_code == 429


def test_an_address_of_another_server_is_never_the_next_page(bank):
    answer = Client().post("/sign-in", {"staff_no": "mei", "password": PASSWORD, "next": "https://evil.example/"})
    assert answer.headers["Location"] == "/"


def test_the_supervisor_enrols_and_then_needs_a_fresh_code(bank, settings, key_ring):
    settings.SECOND_FACTOR_REQUIRED = True
    client = Client()
    assert enter(client, "sun").headers["Location"] == "/sign-in/code"
    assert client.get("/account").status_code == 302
    client.get("/sign-in/code")
    assert client.get("/sign-in/code.svg").headers["Content-Type"] == "image/svg+xml"
    secret = client.session["second-factor-secret"]
    code = pyotp.TOTP(secret).now()
    assert client.post("/sign-in/code", {"code": "000000"}).status_code == 200
    assert client.post("/sign-in/code", {"code": code}).headers["Location"] == "/"
    assert client.get("/account").status_code == 200
    again = Client()
    enter(again, "sun")
    assert again.post("/sign-in/code", {"code": code}).context["form"].errors["code"]
    assert again.get("/account").status_code == 302


def test_a_teller_needs_no_second_factor(bank, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    assert enter(Client(), "mei").headers["Location"] == "/"


def test_signing_out_ends_the_session_on_the_server(sign_in):
    client = sign_in("Mei")
    stolen = client.cookies["counterpoint"].value
    client.post("/sign-out")
    thief = Client()
    thief.cookies["counterpoint"] = stolen
    assert thief.get("/account").status_code == 302


def test_changing_the_password_signs_other_sessions_out(bank, sign_in):
    here, elsewhere = Client(), Client()
    enter(here, "mei")
    enter(elsewhere, "mei")
    new = "another-branch-day-1145"
    answer = here.post("/account", {"present": PASSWORD, "new": new, "again": new})
    assert answer.status_code == 302
    assert here.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 302
    assert enter(Client(), "mei", new).status_code == 302


@pytest.mark.parametrize(
    ("present", "new", "again"),
    [
        ("wrong", "another-branch-day", "another-branch-day"),
        (PASSWORD, "short", "short"),
        (PASSWORD, "x" * 20, "y" * 20),
    ],
)
def test_a_bad_password_change_changes_nothing(sign_in, present, new, again):
    client = sign_in("Mei")
    assert client.post("/account", {"present": present, "new": new, "again": again}).status_code == 200
    assert User.objects.get(staff_no="mei").check_password(PASSWORD)


def test_the_region_switches_between_its_branches_only(bank, sign_in):
    client = sign_in("Rita")
    assert client.post("/branch", {"branch": "b02", "next": "/account"}).headers["Location"] == "/account"
    assert client.session["branch"] == "b02"
    assert client.post("/branch", {"branch": "b03"}).status_code == 404
    assert client.session["branch"] == "b02"


def test_a_file_is_downloaded_by_its_branch_and_absent_for_a_stranger(bank, sign_in, key_ring):
    from counterpoint.foundation import files

    scope = bank.scope("Sun")
    with scoped(scope):
        row = files.store(scope=scope, org_unit=bank.b01, name="历史.csv", content=b"a,b\n1,2\n", now=bank.now)
    answer = sign_in("Mei").get(f"/files/{row.pk}")
    assert b"".join(answer.streaming_content) == b"a,b\n1,2\n"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Security-Policy"] == "sandbox"
    assert sign_in("Stranger").get(f"/files/{row.pk}").status_code == 404
    with unscoped("test"):
        assert StoredFile.objects.count() == 1


def test_a_job_tells_its_progress_to_its_branch_only(bank, sign_in):
    with scoped(bank.scope("Sun")):
        row = JobRun(org_unit=bank.b01, key="k", kind="x", requested_at=bank.now, progress=0.4, message="第 4 步")
        row.save()
    told = sign_in("Sun").get(f"/jobs/{row.pk}.json").json()
    assert (told["state"], told["done"], told["total"], told["text"]) == ("queued", 40, 100, "第 4 步")
    assert sign_in("Stranger").get(f"/jobs/{row.pk}.json").status_code == 404


def test_the_supervisor_reads_the_journal_and_the_teller_does_not(sign_in):
    page = sign_in("Sun").get("/journal?kind=foundation.place_created").content.decode()
    assert page.count("<tr>") == 1 + 4
    assert sign_in("Mei").get("/journal").status_code == 404


def test_the_journal_says_when_nothing_matches(sign_in):
    assert "<tbody>" not in sign_in("Sun").get("/journal?day=2001-01-01").content.decode()


def test_pages_are_chinese_by_default_and_english_on_wish(bank):
    client = Client()
    assert client.get("/sign-in").headers["Content-Language"] == "zh-hans"
    client.post("/ui/language", {"language": "en"})
    answer = client.get("/sign-in")
    assert answer.headers["Content-Language"] == "en" and "Staff number" in answer.content.decode()


def test_a_retired_persons_session_ends(bank, sign_in):
    client = sign_in("Mei")
    User.objects.filter(staff_no="mei").update(is_active=False)
    assert client.get("/account").status_code == 302


def test_the_stream_of_a_foreign_branch_does_not_exist(bank):
    from asgiref.sync import async_to_sync
    from django.test import RequestFactory

    from counterpoint.foundation import streams

    assert streams._path(bank.scope("Mei"), "b03") is None
    assert streams._path(bank.scope("Mei"), "b01") == bank.b01.path
    assert OrgUnit._meta.base_manager_name == "objects"
    request = RequestFactory().get("/live/b01")
    request.scope = request.device = None
    answer = async_to_sync(streams.live)(request, code="b01")
    assert answer.status_code == 302
