"""Attempts are counted before the work they would allow, under the row lock, so parallel tries cannot slip through."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from counterpoint.foundation.errors import DomainError
from counterpoint.foundation.models import RateBucket


class TooMany(DomainError):
    """The window's allowance is used up; `details["retry_after"]` is in seconds."""

    code = "too_many"
    status = 429


def take(*, key: str, limit: int, window: timedelta, now: datetime) -> int:
    """Count one attempt against `key`; returns what is left, raises `TooMany` beyond `limit` per `window`."""
    with transaction.atomic():
        bucket = _locked(key, now)
        age = now - bucket.window_start
        if abs(age) >= window:  # parallel attempts may arrive out of order: a little negative age is the same window
            bucket.window_start, bucket.count = now, 0
        bucket.count += 1
        bucket.save(update_fields=["window_start", "count"])
        over = bucket.count > limit
        left = limit - bucket.count
        opens = bucket.window_start + window
    if over:
        wait = max(1, int((opens - now).total_seconds()))
        raise TooMany(_("Too many attempts. Try again in %(wait)s seconds.") % {"wait": wait}, retry_after=wait)
    return left


def clear(key: str) -> None:
    """Forget the attempts of `key`, after a success."""
    RateBucket.objects.filter(pk=key).delete()


def mark_of(address: str) -> str:
    """A short keyed digest to count an address by: the address itself is nowhere stored."""
    return salted_hmac("counterpoint.ratelimit", address, algorithm="sha256").hexdigest()[:24]


def _locked(key: str, now: datetime) -> RateBucket:
    bucket = RateBucket.objects.select_for_update().filter(pk=key).first()
    if bucket is None:
        try:
            with transaction.atomic():
                return RateBucket.objects.create(key=key, window_start=now)
        except IntegrityError:
            return RateBucket.objects.select_for_update().get(pk=key)
    return bucket


def address_of(request: HttpRequest) -> str:
    """The client's address; X-Forwarded-For counts only behind the declared number of proxies."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    if settings.TRUSTED_PROXIES and len(hops) >= settings.TRUSTED_PROXIES:
        return hops[-settings.TRUSTED_PROXIES]
    return str(request.META.get("REMOTE_ADDR", ""))
