"""Settings: safe by default, and production does not start on what an operator forgot or mistyped."""

import runpy
from pathlib import Path
from urllib.parse import quote

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.config.settings import base, demo

PRODUCTION = Path(base.__file__).with_name("production.py")
SECRET = "k" * 50


@pytest.fixture
def started(monkeypatch, tmp_path):
    """Reads the production settings under an environment; returns their names and values."""
    for name in ("SECRET_KEY", "SECRET_KEY_FALLBACKS", "HOSTS", "PROXIES"):
        monkeypatch.delenv(f"COUNTERPOINT_{name}", raising=False)
    monkeypatch.setenv("COUNTERPOINT_SECRET_KEY_FILE", str(tmp_path / "django"))

    def start(**environment):
        given_ = {"SECRET_KEY": SECRET, "HOSTS": "branch.example.com"} | environment
        for name, value in given_.items():
            monkeypatch.setenv(f"COUNTERPOINT_{name}", value)
        return runpy.run_path(str(PRODUCTION))

    return start


def test_a_long_secret_and_a_host_are_enough(started):
    found = started()
    assert found["SECRET_KEY"] == SECRET
    assert found["ALLOWED_HOSTS"] == ["branch.example.com"]
    assert found["CSRF_TRUSTED_ORIGINS"] == ["https://branch.example.com"]
    assert found["SECRET_KEY_FALLBACKS"] == []


@pytest.mark.parametrize("secret", ["", "short", "k" * 49])
def test_a_missing_or_short_secret_is_refused_with_what_to_do(started, secret):
    with pytest.raises(ImproperlyConfigured, match="keys create"):
        started(SECRET_KEY=secret)


def test_the_secret_may_lie_in_a_file_and_the_environment_wins_over_it(started, tmp_path):
    (tmp_path / "django").write_text("f" * 60 + "\n")
    assert started(SECRET_KEY="")["SECRET_KEY"] == "f" * 60
    assert started()["SECRET_KEY"] == SECRET


def test_a_file_whose_key_is_long_only_by_its_blanks_is_refused(started, tmp_path):
    (tmp_path / "django").write_text("k" * 20 + " \n" * 40)
    with pytest.raises(ImproperlyConfigured, match="50 characters"):
        started(SECRET_KEY="")


@pytest.mark.parametrize("hosts", ["", ",", " , "])
def test_no_host_is_refused_with_an_example(started, hosts):
    with pytest.raises(ImproperlyConfigured, match="COUNTERPOINT_HOSTS=branch"):
        started(HOSTS=hosts)


def test_hosts_may_be_written_with_blanks_after_the_comma(started):
    found = started(HOSTS="a.example.com, b.example.com ,")
    assert found["ALLOWED_HOSTS"] == ["a.example.com", "b.example.com"]
    assert found["CSRF_TRUSTED_ORIGINS"] == ["https://a.example.com", "https://b.example.com"]


def test_old_secrets_are_kept_to_read_what_they_signed(started):
    assert started(SECRET_KEY_FALLBACKS="one,two,")["SECRET_KEY_FALLBACKS"] == ["one", "two"]


def test_a_forwarded_protocol_is_believed_only_behind_a_declared_proxy(started):
    alone, behind = started(), started(PROXIES="1")
    assert "SECURE_PROXY_SSL_HEADER" not in alone and alone["TRUSTED_PROXIES"] == 0
    assert behind["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https") and behind["TRUSTED_PROXIES"] == 1


@pytest.mark.parametrize("count", ["one", "-1", "1.5"])
def test_a_count_of_proxies_that_is_no_count_is_refused_in_words(started, count):
    with pytest.raises(ImproperlyConfigured, match="COUNTERPOINT_PROXIES"):
        started(PROXIES=count)


STRICT = {
    "DEBUG": False, "SECOND_FACTOR_REQUIRED": True, "SECURE_SSL_REDIRECT": True, "SESSION_COOKIE_SECURE": True,
    "SESSION_COOKIE_HTTPONLY": True, "CSRF_COOKIE_SECURE": True, "CSRF_USE_SESSIONS": True, "X_FRAME_OPTIONS": "DENY",
    "SECURE_CONTENT_TYPE_NOSNIFF": True, "SESSION_EXPIRE_AT_BROWSER_CLOSE": True, "PROFILE": "production",
    "SESSION_COOKIE_NAME": "__Host-counterpoint", "USE_TZ": True, "TIME_ZONE": "UTC", "LANGUAGE_CODE": "zh-hans",
}  # fmt: skip


@pytest.mark.parametrize(("name", "value"), STRICT.items())
def test_production_keeps_the_strict_default(started, name, value):
    assert started()[name] == value


def test_a_session_rests_at_most_a_quarter_of_an_hour_and_lives_at_most_a_working_day(started):
    found = started()
    assert found["SESSION_IDLE_SECONDS"] == 15 * 60
    assert found["SESSION_COOKIE_AGE"] == 8 * 3600


LOOSENED = {
    "PROFILE", "INSTALLED_APPS", "SECRET_KEY", "ALLOWED_HOSTS", "SECOND_FACTOR_REQUIRED", "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_SECONDS", "SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_IDLE_SECONDS",
    "PLAIN_HTTP_HOSTS",
}  # fmt: skip


def test_the_demo_loosens_only_what_a_machine_without_a_certificate_needs():
    changed = {name for name in vars(demo) if name.isupper() and getattr(base, name, None) != getattr(demo, name)}
    assert changed == LOOSENED


def test_the_policy_of_content_lets_nothing_in_from_outside():
    directives = base.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    allowed = {str(source) for sources in directives.values() for source in sources}
    assert not any("//" in source or "unsafe" in source or source == "*" for source in allowed)
    assert {str(s) for s in directives["default-src"]} == {"'none'"}


def test_the_embedded_database_keeps_every_acknowledged_commit(tmp_path):
    made = base.sqlite(tmp_path / "x.sqlite3")
    told = made["OPTIONS"]["init_command"].split(";")
    pragmas = dict(part.removeprefix("PRAGMA ").split("=") for part in told if part)
    assert pragmas == {
        "journal_mode": "WAL", "synchronous": "FULL", "foreign_keys": "ON", "wal_autocheckpoint": "0",
    }  # fmt: skip
    assert made["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert made["NAME"] == str(tmp_path / "x.sqlite3")


def test_one_setting_moves_the_house_to_postgresql(monkeypatch):
    monkeypatch.setenv("COUNTERPOINT_DATABASE", "postgresql://sun:s%40fe%2F1@db.example.com:6432/bank")
    made = base.database()
    assert made["ENGINE"] == "django.db.backends.postgresql"
    assert [made[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")] == [
        "bank", "sun", "s@fe/1", "db.example.com", "6432",
    ]  # fmt: skip
    assert "statement_timeout=15s" in made["OPTIONS"]["options"]
    assert "synchronous_commit=on" in made["OPTIONS"]["options"]


def test_without_that_setting_the_database_lies_under_home(monkeypatch):
    monkeypatch.setenv("COUNTERPOINT_DATABASE", "")
    assert base.database()["NAME"] == str(base.HOME / "counterpoint.sqlite3")


def test_a_local_socket_needs_neither_host_nor_password():
    made = base.postgres("postgres:///bank")
    assert [made[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")] == ["bank", "", "", "", "5432"]


@pytest.mark.parametrize("url", ["mysql://u:p@h/bank", "bank", "postgresql//u@h/bank", "/var/bank.sqlite3"])
def test_an_address_that_is_no_postgresql_is_refused_before_anything_connects(monkeypatch, url):
    monkeypatch.setenv("COUNTERPOINT_DATABASE", url)
    with pytest.raises(ImproperlyConfigured, match="COUNTERPOINT_DATABASE"):
        base.database()


def test_what_the_address_asks_of_the_connection_is_not_dropped():
    made = base.postgres("postgresql://u@h/bank?sslmode=verify-full&connect_timeout=5")
    assert made["NAME"] == "bank"
    assert made["OPTIONS"]["sslmode"] == "verify-full" and made["OPTIONS"]["connect_timeout"] == "5"
    assert "lock_timeout=5s" in made["OPTIONS"]["options"]


word = st.text(st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=("Cs",)), min_size=1)


@settings(max_examples=40)
@given(user=word, password=word)
def test_any_name_and_password_survive_the_address(user, password):
    made = base.postgres(f"postgresql://{quote(user, safe='')}:{quote(password, safe='')}@h:5432/bank")
    assert (made["USER"], made["PASSWORD"], made["HOST"], made["NAME"]) == (user, password, "h", "bank")
