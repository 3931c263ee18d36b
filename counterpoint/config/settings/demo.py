"""Demo and development on one machine over plain HTTP. A banner on every page says so."""

from counterpoint.config.settings.base import *  # noqa: F403
from counterpoint.config.settings.base import INSTALLED_APPS

PROFILE = "demo"
INSTALLED_APPS = ["counterpoint.config", *INSTALLED_APPS]
SECRET_KEY = "demo-only-this-key-is-public-and-protects-nothing-of-value-0123456789"  # noqa: S105
ALLOWED_HOSTS = ["*"]
PLAIN_HTTP_HOSTS = frozenset({"127.0.0.1", "localhost"})
SECOND_FACTOR_REQUIRED = False
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 0
SESSION_COOKIE_NAME = "counterpoint"
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False
SESSION_IDLE_SECONDS = 8 * 3600
