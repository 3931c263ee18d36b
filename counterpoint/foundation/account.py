"""What happens to an account: signing in, its password and second factor, help from the operator; all journalled."""

from datetime import datetime
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from counterpoint.foundation import journal, ratelimit
from counterpoint.foundation.errors import Invalid
from counterpoint.foundation.models import OrgUnit, Post, User
from counterpoint.foundation.scope import unscoped


@transaction.atomic
def reset_password(*, user: User, password: str, now: datetime) -> None:
    """Set a password that keeps the rules, end all sessions and forget failed tries. Raises `Invalid`."""
    try:
        validate_password(password, user)
    except ValidationError as weak:
        raise Invalid(" ".join(weak.messages), field="password") from weak
    user.set_password(password)
    user.session_epoch += 1
    user.save(update_fields=["password", "session_epoch"])
    _forget_tries(user)
    _note(user, "foundation.password_reset", now)


@transaction.atomic
def unlock(*, user: User, now: datetime) -> None:
    """Forget failed tries, so that the person need not wait."""
    _forget_tries(user)
    _note(user, "foundation.account_unlocked", now)


@transaction.atomic
def change_password(*, user: User, password: str, now: datetime) -> User:
    """The person's own change; the form has checked the present and the new one. Ends all sessions. Returns the
    person as stored, so that nothing else that changed meanwhile is undone."""
    fresh = User.objects.select_for_update().get(pk=user.pk)
    fresh.set_password(password)
    fresh.session_epoch += 1
    fresh.save(update_fields=["password", "session_epoch"])
    _note(fresh, "foundation.password_changed", now)
    return fresh


@transaction.atomic
def signed_in(*, user: User, now: datetime) -> None:
    """Note that the person has passed every step of signing in."""
    _note(user, "foundation.signed_in", now)


@transaction.atomic
def second_factor_set(*, user: User, now: datetime) -> None:
    """Note that the person has enrolled an authenticator."""
    _note(user, "foundation.second_factor_set", now)


def _forget_tries(user: User) -> None:
    ratelimit.clear(f"signin:account:{user.staff_no.lower()}")
    ratelimit.clear(f"signin:code:{user.pk}")
    ratelimit.clear(f"signin:present:{user.pk}")


def _note(user: User, kind: str, now: datetime) -> None:
    """In the chain of the person's unit; of headquarters when they have no post."""
    with unscoped("the operator helps people of all branches"):
        post = Post.objects.select_related("org_unit").filter(user=user).order_by("since").first()
        unit: Any = post.org_unit if post else OrgUnit.objects.filter(kind=OrgUnit.Kind.HEADQUARTERS).first()
        if unit is not None:
            data = {"user": str(user.pk)}
            journal.record(scope=None, org_unit=unit, kind=kind, subject=str(user.pk), at=now, data=data)
