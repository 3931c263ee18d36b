"""The frame around every page, the switches, and error pages that stand without a database."""

import re
from types import SimpleNamespace

import pytest
from django.test import Client, RequestFactory, override_settings
from django.utils import translation

from counterpoint.ui import views
from counterpoint.ui.context import shell
from counterpoint.ui.leftovers import english_left
from counterpoint.ui.problems import PROBLEMS, problem_page


@pytest.fixture
def client(db):
    return Client()


@pytest.fixture
def gallery(client):
    return client.get("/ui/gallery").content.decode()


def test_the_first_byte_has_the_chosen_theme_and_language(client):
    client.cookies["counterpoint-theme"] = "dark"
    client.cookies["counterpoint-language"] = "en"
    page = client.get("/ui/gallery").content.decode()
    assert '<html lang="en" data-bs-theme="dark">' in page


def test_without_a_choice_the_page_follows_the_device_in_chinese(gallery):
    assert '<html lang="zh-hans">' in gallery


def test_a_forged_theme_is_ignored(client):
    client.cookies["counterpoint-theme"] = '"><script>'
    assert "data-bs-theme" not in client.get("/ui/gallery").content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant"])
def test_no_english_is_left_on_a_chinese_page(client, language):
    client.cookies["counterpoint-language"] = language
    assert english_left(client.get("/ui/gallery").content.decode(), allow=["A", "B"]) == []


def test_traditional_pages_speak_the_banks_traditional_words(client):
    client.cookies["counterpoint-language"] = "zh-hant"
    assert "列印" in client.get("/ui/gallery").content.decode()


def test_no_page_carries_inline_script_style_or_handler(gallery):
    assert re.findall(r"\sstyle=", gallery) == []
    assert re.findall(r"\son[a-z]+=", gallery) == []
    assert "<style" not in gallery
    scripts = re.findall(r"<script[^>]*>", gallery)
    assert all('type="application/json"' in s or 'src="/static/' in s for s in scripts)


def test_the_policy_forbids_inline_code(client):
    policy = client.get("/ui/gallery").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(("mode", "shown"), [("drill", "drill"), ("replay", "replay"), ("forged", "live")])
def test_each_mode_has_its_frame(client, mode, shown):
    assert f'data-mode="{shown}"' in client.get(f"/ui/gallery?mode={mode}").content.decode()


@override_settings(PROFILE="production")
def test_the_gallery_does_not_exist_in_production(client):
    assert client.get("/ui/gallery").status_code == 404
    assert client.get("/ui/gallery/job").status_code == 404


@pytest.mark.parametrize(("field", "value"), [("language", "en"), ("theme", "dark")])
def test_a_switch_is_remembered_and_leads_back(client, field, value):
    answer = client.post(f"/ui/{field}", {field: value, "next": "/hall/?x=1"})
    assert answer.url == "/hall/?x=1"
    cookie = answer.cookies[f"counterpoint-{field}"]
    assert cookie.value == value
    assert cookie["httponly"]


@pytest.mark.parametrize("field", ["language", "theme"])
def test_an_unknown_choice_sets_nothing(client, field):
    assert not client.post(f"/ui/{field}", {field: "klingon"}).cookies.get(f"counterpoint-{field}")


@pytest.mark.parametrize(
    "evil", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example", ""]
)
def test_a_switch_never_leads_to_another_site(client, evil):
    assert client.post("/ui/theme", {"theme": "dark", "next": evil}).url == "/"


def test_a_switch_needs_post(client):
    answer = client.get("/ui/theme")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert "只有表单" in answer.content.decode()
    assert client.get("/ui/theme", headers={"HX-Request": "true"}).content == b""
    assert client.put("/ui/theme").content == b""


@pytest.mark.parametrize("status", sorted(int(key) for key in PROBLEMS if key.isdigit()))
def test_an_error_page_says_what_happened_and_what_to_do_without_database(status, django_db_blocker):
    with django_db_blocker.block(), translation.override("zh-hans"):
        answer = problem_page(RequestFactory().get("/x"), status)
    page = answer.content.decode()
    assert answer.status_code == status
    assert "发生了什么" in page
    assert "怎么办" in page
    assert str(PROBLEMS[str(status)].title) not in ("", None)


def test_an_error_page_offers_again_only_what_is_safe_to_repeat():
    assert 'href="/x?y=1"' in problem_page(RequestFactory().get("/x?y=1"), 500).content.decode()
    assert 'href="/x"' not in problem_page(RequestFactory().post("/x"), 500).content.decode()


def test_an_error_page_escapes_the_address():
    assert "<script>" not in problem_page(RequestFactory().get("/<script>"), 500).content.decode()


@pytest.mark.parametrize(
    ("view", "status"),
    [
        (views.bad_request, 400), (views.permission_denied, 403), (views.page_not_found, 404),
        (views.csrf_failure, 403),
    ],
)  # fmt: skip
def test_each_handler_answers_with_its_status(view, status):
    assert view(RequestFactory().get("/"), None).status_code == status


def test_faults_of_the_server_have_their_own_handlers():
    assert views.server_error(RequestFactory().get("/")).status_code == 500
    assert views.disk_full(RequestFactory().get("/")).status_code == 507


def test_the_shell_stands_on_a_request_that_nothing_touched():
    made = shell(RequestFactory().get("/"))["shell"]
    assert (made.nav, made.branch, made.day, made.person, made.mode) == ((), None, None, "", "live")


def test_the_shell_names_the_person_and_the_live_address():
    request = RequestFactory().get("/")
    request.scope = SimpleNamespace(may=lambda verb: True, actor=1, actor_label="孙敏")
    request.live_url = "/live/1"
    made = shell(request)["shell"]
    assert (made.person, made.live_url) == ("孙敏", "/live/1")


def test_forms_tie_their_errors_to_their_fields(gallery):
    assert 'aria-invalid="true"' in gallery
    assert 'id="id_name_error"' in gallery
    assert 'name="idempotency_key" value="specimen"' in gallery
