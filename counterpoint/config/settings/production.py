"""Production: refuses to start without a long secret key and explicit hosts."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from counterpoint.config.settings.base import *  # noqa: F403
from counterpoint.config.settings.base import KEYS


def _secret() -> str:
    secret = os.environ.get("COUNTERPOINT_SECRET_KEY", "")
    path = Path(os.environ.get("COUNTERPOINT_SECRET_KEY_FILE", KEYS / "django"))
    if not secret and path.is_file():
        secret = path.read_text().strip()
    if len(secret) < 50:
        raise ImproperlyConfigured(
            "No secret key of at least 50 characters. Set COUNTERPOINT_SECRET_KEY or run `counterpoint keys create`."
        )
    return secret


def _list(name: str) -> list[str]:
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


def _proxies() -> int:
    count = os.environ.get("COUNTERPOINT_PROXIES", "0").strip()
    if not count.isdecimal():
        raise ImproperlyConfigured("COUNTERPOINT_PROXIES is the number of proxies before this server: 0, 1 or 2.")
    return int(count)


SECRET_KEY = _secret()
SECRET_KEY_FALLBACKS = _list("COUNTERPOINT_SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = _list("COUNTERPOINT_HOSTS")
PLAIN_HTTP_HOSTS = frozenset(_list("COUNTERPOINT_PLAIN_HTTP_HOSTS"))
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("Name the hosts this server answers to: COUNTERPOINT_HOSTS=branch.example.com")
CSRF_TRUSTED_ORIGINS = [f"https://{h}" for h in ALLOWED_HOSTS]
TRUSTED_PROXIES = _proxies()
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
