"""Signing in: counted attempts first, then the hash, then the second factor."""

import logging
from datetime import datetime, timedelta

import pyotp
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _

from counterpoint.foundation import access, account, keys, ratelimit
from counterpoint.foundation.errors import DomainError
from counterpoint.foundation.models import User

log = logging.getLogger("counterpoint.signin")

ACCOUNT_LIMIT, ADDRESS_LIMIT, WINDOW = 5, 30, timedelta(minutes=15)
TOTP_SECONDS = 30


class SignInRefused(DomainError):
    """Wrong number, password or code; the message does not say which."""

    code = "sign_in_refused"
    status = 401


def check_password(*, staff_no: str, password: str, address: str, now: datetime) -> User:
    """The person, when number and password fit. Every call costs one attempt for the account and for the address."""
    ratelimit.take(key=f"signin:address:{ratelimit.mark_of(address)}", limit=ADDRESS_LIMIT, window=WINDOW, now=now)
    ratelimit.take(key=f"signin:account:{staff_no[:32].lower()}", limit=ACCOUNT_LIMIT, window=WINDOW, now=now)
    user = User.objects.filter(staff_no=staff_no, is_active=True, puppet=False).first()
    if user is None:
        make_password(password)  # the same work as for a known number, so that time tells nothing
    if user is None or not user.check_password(password):
        raise SignInRefused(_("Staff number or password is wrong. After five tries the account rests for 15 minutes."))
    ratelimit.clear(f"signin:account:{staff_no[:32].lower()}")
    return user


def check_present(*, user: User, password: str, now: datetime) -> bool:
    """Whether this is the signed-in person's password; counted, so that a stolen session cannot guess it."""
    ratelimit.take(key=f"signin:present:{user.pk}", limit=ACCOUNT_LIMIT, window=WINDOW, now=now)
    fits = bool(user.check_password(password))
    if fits:
        ratelimit.clear(f"signin:present:{user.pk}")
    return fits


def second_factor_due(user: User, now: datetime) -> bool:
    """Whether a code is demanded: always when enrolled, and for supervisor and above when switched on."""
    return bool(user.totp_secret) or (settings.SECOND_FACTOR_REQUIRED and access.needs_second_factor(user, now))


def new_secret() -> str:
    """A fresh TOTP secret, base32."""
    return pyotp.random_base32()


def provisioning_uri(user: User, secret: str) -> str:
    """otpauth URI for the authenticator's QR code; ASCII only, some scanners fail on Chinese."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.staff_no, issuer_name="Counterpoint")


def enrol(*, user: User, secret: str, code: str, now: datetime) -> None:
    """Switch the second factor on after one right code; one that is on already is never replaced here."""
    ratelimit.take(key=f"signin:code:{user.pk}", limit=ACCOUNT_LIMIT, window=WINDOW, now=now)
    step = _matching_step(secret, code, now)
    if step is None:
        raise SignInRefused(_("The code does not fit. Check the phone's clock and type the newest code."))
    with transaction.atomic():
        mine = User.objects.filter(pk=user.pk, totp_secret="")
        if not mine.update(totp_secret=keys.encrypt(secret), totp_last_step=step):
            raise SignInRefused(_("The code does not fit. Check the phone's clock and type the newest code."))
        account.second_factor_set(user=user, now=now)
    ratelimit.clear(f"signin:code:{user.pk}")


def check_code(*, user: User, code: str, now: datetime) -> None:
    """Accept a TOTP code once: the same or an older step is refused, also in parallel."""
    ratelimit.take(key=f"signin:code:{user.pk}", limit=ACCOUNT_LIMIT, window=WINDOW, now=now)
    step = _matching_step(keys.decrypt(user.totp_secret), code, now) if user.totp_secret else None
    used = step is not None and not User.objects.filter(pk=user.pk, totp_last_step__lt=step).update(totp_last_step=step)
    if step is None or used:
        raise SignInRefused(_("The code does not fit. Check the phone's clock and type the newest code."))
    ratelimit.clear(f"signin:code:{user.pk}")


def revoke_sessions(user: User) -> None:
    """End every session of the person at their next request."""
    User.objects.filter(pk=user.pk).update(session_epoch=user.session_epoch + 1)


def _matching_step(secret: str, code: str, now: datetime) -> int | None:
    totp, code = pyotp.TOTP(secret), "".join(code.split())  # authenticators show 123 456
    current = int(now.timestamp()) // TOTP_SECONDS
    for step in (current, current - 1):
        if pyotp.utils.strings_equal(totp.generate_otp(step), code):
            return step
    return None
