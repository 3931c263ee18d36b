"""Becoming someone: counted, slow to guess, once per code, and ended at will."""

from datetime import timedelta

import pyotp
import pytest
from django.test import Client

from counterpoint.foundation import account, keys, signin
from counterpoint.foundation.errors import Invalid
from counterpoint.foundation.models import JournalEntry, User
from counterpoint.foundation.ratelimit import TooMany
from counterpoint.foundation.scope import unscoped
from counterpoint.foundation.signin import SignInRefused

RIGHT = "branch-day-1030"


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.KEYS = tmp_path / "keys"
    keys.create()


def enter(bank, password=RIGHT, staff_no="sun", address="10.0.0.1", after=0):
    now = bank.now + timedelta(seconds=after)
    return signin.check_password(staff_no=staff_no, password=password, address=address, now=now)


def fail(bank, **more):
    with pytest.raises(SignInRefused):
        enter(bank, password="wrong", **more)


def test_the_right_password_gives_the_person(bank):
    assert enter(bank).staff_no == "sun"


def test_an_unknown_number_and_a_wrong_password_read_alike(bank):
    with pytest.raises(SignInRefused) as unknown:
        enter(bank, staff_no="nobody")
    with pytest.raises(SignInRefused) as wrong:
        enter(bank, password="wrong")
    assert unknown.value.message == wrong.value.message


def test_the_sixth_try_is_refused_even_with_the_right_password(bank):
    for _ in range(signin.ACCOUNT_LIMIT):
        fail(bank)
    with pytest.raises(TooMany) as refused:
        enter(bank)
    assert 0 < refused.value.details["retry_after"] <= 900


def test_after_a_quarter_of_an_hour_the_account_is_open_again(bank):
    for _ in range(signin.ACCOUNT_LIMIT):
        fail(bank)
    assert enter(bank, after=15 * 60 + 1)


def test_writing_the_number_in_capitals_is_no_fresh_account(bank):
    for spelling in ("sun", "SUN", "Sun", "sUn", "suN"):
        fail(bank, staff_no=spelling)
    with pytest.raises(TooMany):
        enter(bank)


def test_one_address_cannot_try_every_account(bank):
    for number in range(signin.ADDRESS_LIMIT):
        with pytest.raises(SignInRefused):
            enter(bank, staff_no=f"u{number}", password="wrong")
    with pytest.raises(TooMany):
        enter(bank, staff_no="fresh")
    assert enter(bank, address="10.0.0.2")


def test_a_success_forgets_the_failures_before_it(bank):
    for _ in range(3):
        for _ in range(signin.ACCOUNT_LIMIT - 1):
            fail(bank, address="10.0.0.9" if _ % 2 else "10.0.0.8")
        assert enter(bank, address="10.0.0.7")


def test_a_person_who_left_cannot_enter(bank):
    User.objects.filter(staff_no="sun").update(is_active=False)
    with pytest.raises(SignInRefused):
        enter(bank)


def enrolled(bank):
    sun, secret = bank.people["Sun"], signin.new_secret()
    signin.enrol(user=sun, secret=secret, code=pyotp.TOTP(secret).at(bank.now), now=bank.now)
    sun.refresh_from_db()
    return sun, pyotp.TOTP(secret)


def code_at(totp, bank, seconds):
    now = bank.now + timedelta(seconds=seconds)
    return {"code": totp.at(now), "now": now}


def test_a_code_works_once(bank):
    sun, totp = enrolled(bank)
    signin.check_code(user=sun, **code_at(totp, bank, 60))
    with pytest.raises(SignInRefused):
        signin.check_code(user=sun, **code_at(totp, bank, 60))
    signin.check_code(user=sun, **code_at(totp, bank, 90))


def test_the_code_of_enrolment_cannot_be_used_again(bank):
    sun, totp = enrolled(bank)
    with pytest.raises(SignInRefused):
        signin.check_code(user=sun, **code_at(totp, bank, 0))


def test_an_older_code_does_not_work_after_a_newer_one(bank):
    sun, totp = enrolled(bank)
    older = code_at(totp, bank, 60)["code"]
    signin.check_code(user=sun, **code_at(totp, bank, 90))
    with pytest.raises(SignInRefused):
        signin.check_code(user=sun, code=older, now=bank.now + timedelta(seconds=95))


def test_codes_are_counted_like_passwords(bank):
    sun, totp = enrolled(bank)
    for _ in range(signin.ACCOUNT_LIMIT):
        with pytest.raises(SignInRefused):
            signin.check_code(user=sun, code="000000", now=bank.now)
    with pytest.raises(TooMany):
        signin.check_code(user=sun, **code_at(totp, bank, 60))


def test_the_secret_is_not_legible_in_the_database(bank):
    sun, totp = enrolled(bank)
    assert totp.secret not in sun.totp_secret and keys.decrypt(sun.totp_secret) == totp.secret
    keys.rotate()
    assert keys.decrypt(sun.totp_secret) == totp.secret


def test_the_second_factor_is_due_for_leaders_and_for_whoever_enrolled(bank, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    assert signin.second_factor_due(bank.people["Sun"], bank.now)
    assert not signin.second_factor_due(bank.people["Mei"], bank.now)
    settings.SECOND_FACTOR_REQUIRED = False
    sun, _totp = enrolled(bank)
    assert signin.second_factor_due(sun, bank.now)


def test_revoking_ends_every_open_session(bank):
    sun, client = bank.people["Sun"], Client()
    client.force_login(sun)
    assert "_auth_user_id" in client.session
    signin.revoke_sessions(sun)
    assert client.get("/account").status_code == 302


def test_the_operator_resets_a_password_and_it_is_journalled(bank):
    sun = bank.people["Sun"]
    epoch = sun.session_epoch
    for _ in range(signin.ACCOUNT_LIMIT):
        fail(bank)
    account.reset_password(user=sun, password="a new branch day 2026", now=bank.now)
    assert enter(bank, password="a new branch day 2026").session_epoch == epoch + 1
    with unscoped("test"):
        entry = JournalEntry.objects.get(kind="foundation.password_reset")
    assert entry.data == {"user": str(sun.pk)} and entry.org_path == "/hq/east/b01/"


def test_the_operator_cannot_set_a_weak_password(bank):
    with pytest.raises(Invalid):
        account.reset_password(user=bank.people["Sun"], password="short", now=bank.now)
    assert enter(bank)


def test_the_operator_unlocks_without_changing_the_password(bank):
    for _ in range(signin.ACCOUNT_LIMIT):
        fail(bank)
    account.unlock(user=bank.people["Sun"], now=bank.now)
    assert enter(bank)
