"""What happens to an account is journalled, counted, and bound to the password it began with."""

from datetime import timedelta

import pyotp
import pytest
from django.test import Client

from conftest import PASSWORD
from counterpoint.foundation import account, keys, signin
from counterpoint.foundation.clock import SystemClock
from counterpoint.foundation.models import JournalEntry, User
from counterpoint.foundation.ratelimit import TooMany
from counterpoint.foundation.scope import unscoped

NEW = "another-branch-day-1145"


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.KEYS = tmp_path / "keys"
    keys.create()


def entries(kind, person):
    with unscoped("test"):
        return JournalEntry.objects.filter(kind=f"foundation.{kind}", subject=str(person.pk)).count()


def first_step(staff_no="sun"):
    client = Client()
    answer = client.post("/sign-in", {"staff_no": staff_no, "password": PASSWORD})
    assert answer.headers["Location"] == "/sign-in/code"
    return client


@pytest.fixture
def strict(settings):
    settings.SECOND_FACTOR_REQUIRED = True


def test_signing_in_is_in_the_journal_once_and_a_wrong_password_is_not(bank):
    mei = bank.people["Mei"]
    Client().post("/sign-in", {"staff_no": "mei", "password": "wrong-wrong-wrong"})
    assert entries("signed_in", mei) == 0
    Client().post("/sign-in", {"staff_no": "mei", "password": PASSWORD})
    assert entries("signed_in", mei) == 1


def test_with_a_second_factor_only_the_second_step_is_a_sign_in(bank, strict):
    sun, client = bank.people["Sun"], first_step()
    assert entries("signed_in", sun) == 0
    client.get("/sign-in/code")
    client.post("/sign-in/code", {"code": pyotp.TOTP(client.session["second-factor-secret"]).now()})
    assert (entries("second_factor_set", sun), entries("signed_in", sun)) == (1, 1)


def test_of_two_enrolments_under_way_the_first_wins(bank, strict):
    sun = bank.people["Sun"]
    one, two = signin.new_secret(), signin.new_secret()
    signin.enrol(user=sun, secret=one, code=pyotp.TOTP(one).at(bank.now), now=bank.now)
    with pytest.raises(signin.SignInRefused):
        signin.enrol(user=sun, secret=two, code=pyotp.TOTP(two).at(bank.now), now=bank.now)
    assert keys.decrypt(User.objects.get(pk=sun.pk).totp_secret) == one
    assert entries("second_factor_set", sun) == 1


def test_codes_of_an_enrolment_are_counted(bank):
    sun = bank.people["Sun"]
    for _try in range(signin.ACCOUNT_LIMIT):
        with pytest.raises(signin.SignInRefused):
            signin.enrol(user=sun, secret=signin.new_secret(), code="000000", now=bank.now)
    with pytest.raises(TooMany):
        signin.enrol(user=sun, secret=signin.new_secret(), code="000000", now=bank.now)


def test_a_half_signed_in_browser_is_worth_nothing_after_the_password_was_reset(bank, strict):
    client = first_step()
    assert client.get("/sign-in/code").status_code == 200
    account.reset_password(user=User.objects.get(staff_no="sun"), password=NEW, now=bank.now)
    assert client.get("/sign-in/code").headers["Location"] == "/sign-in"
    assert client.get("/sign-in/code.svg").status_code == 404


def test_the_second_step_waits_ten_minutes(bank, strict, monkeypatch):
    client, later = first_step(), SystemClock().now() + timedelta(seconds=601)
    assert client.get("/sign-in/code").status_code == 200
    monkeypatch.setattr(SystemClock, "now", lambda self: later)
    assert client.get("/sign-in/code").headers["Location"] == "/sign-in"


def change(client, present=PASSWORD):
    return client.post("/account", {"present": present, "new": NEW, "again": NEW})


def test_a_changed_password_is_journalled(bank, sign_in):
    assert change(sign_in("Mei")).status_code == 302
    assert entries("password_changed", bank.people["Mei"]) == 1


def test_a_password_change_does_not_undo_what_happened_meanwhile(bank):
    stale = User.objects.get(staff_no="sun")
    User.objects.filter(pk=stale.pk).update(totp_last_step=77, is_active=False)
    account.change_password(user=stale, password=NEW, now=bank.now)
    now = User.objects.get(pk=stale.pk)
    assert (now.totp_last_step, now.is_active, now.check_password(NEW)) == (77, False, True)


def test_a_stolen_session_cannot_guess_the_password(bank, sign_in):
    thief = sign_in("Mei")
    for _try in range(signin.ACCOUNT_LIMIT):
        assert change(thief, "wrong-wrong-wrong").status_code == 200
    assert change(thief).status_code == 200
    assert User.objects.get(staff_no="mei").check_password(PASSWORD)
