"""Settings shared by every profile. Safe by default: a profile may only loosen what it names."""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

PROJECT = Path(__file__).resolve().parents[3]
HOME = Path(os.environ.get("COUNTERPOINT_HOME", PROJECT / "var")).resolve()
KEYS = HOME / "keys"
FILES = HOME / "files"
ASSETS = Path(os.environ.get("COUNTERPOINT_ASSETS", PROJECT / "var" / "assets")).resolve()

DEBUG = False
PROFILE = "production"
ROOT_URLCONF = "counterpoint.config.urls"
WSGI_APPLICATION = "counterpoint.config.wsgi.application"
ASGI_APPLICATION = "counterpoint.config.asgi.application"
AUTH_USER_MODEL = "foundation.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "counterpoint.foundation",
    "counterpoint.ui",
    "counterpoint.primitives",
    "counterpoint.role",
    "counterpoint.team",
    "counterpoint.onsite",
    "counterpoint.service",
    "counterpoint.risk",
    "counterpoint.analytics",
    "counterpoint.academy",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_q",
    "ninja",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "counterpoint.foundation.middleware.LanguageMiddleware",
    "counterpoint.ui.middleware.FormOnlyMiddleware",
    "counterpoint.foundation.middleware.ZeroByteMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "counterpoint.foundation.middleware.ScopeMiddleware",
    "counterpoint.academy.exams.lock.ExamModeMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "counterpoint.ui.context.shell",
            ],
        },
    }
]


def sqlite(path: Path) -> dict[str, object]:
    """The embedded default. FULL keeps every acknowledged commit; one checkpointer holds the writer lock (ADR 0003)."""
    # trusted_schema stays on: with it off, SQLite refuses the JSON checks that Django puts on JSON columns
    pragmas = "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;PRAGMA wal_autocheckpoint=0;"
    return {
        "ENGINE": "counterpoint.foundation.sqlite",
        "NAME": str(path),
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": pragmas},
        "CONN_MAX_AGE": None,
    }


def postgres(url: str, idle_seconds: int = 30) -> dict[str, object]:
    """Scale-out by one setting: COUNTERPOINT_DATABASE=postgresql://user:password@host:port/name?sslmode=verify-full."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured("Write COUNTERPOINT_DATABASE=postgresql://user:password@host:port/name.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or 5432),
        "CONN_MAX_AGE": None,
        "OPTIONS": dict(parse_qsl(parts.query))
        | {
            "options": f"-c statement_timeout=15s -c idle_in_transaction_session_timeout={idle_seconds}s"
            " -c lock_timeout=5s -c synchronous_commit=on"
        },
    }


def database() -> dict[str, object]:
    """SQLite under HOME unless COUNTERPOINT_DATABASE names a PostgreSQL."""
    url = os.environ.get("COUNTERPOINT_DATABASE", "")
    return postgres(url) if url else sqlite(HOME / "counterpoint.sqlite3")


DATABASES = {"default": database()}
ATOMIC_REQUESTS = False  # reads must not take the writer lock; each action opens its own transaction (ADR 0003)

AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("staff_no", "name")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ["counterpoint.foundation.passwords.BranchArgon2Hasher"]
LOGIN_URL = "foundation:sign-in"
PUBLIC_ADDRESS = os.environ.get("COUNTERPOINT_ADDRESS", "").strip().rstrip("/")  # what links in messages begin with
PING_ADDRESS = os.environ.get("COUNTERPOINT_PING", "").strip()  # a dead-man service, told each minute that all is well
PLAIN_HTTP_HOSTS: frozenset[str] = frozenset()  # other servers that may be asked without TLS
SECOND_FACTOR_REQUIRED = True

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = ASSETS / "static"
STATICFILES_DIRS = [ASSETS / "dist"] if (ASSETS / "dist").is_dir() else []
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+[.-][0-9A-Za-z_]{8,16}\.\w+$"  # hashed names of the manifest and of the bundler
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": FILES}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "__Host-counterpoint"
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_IDLE_SECONDS = 15 * 60
CSRF_COOKIE_SECURE = True
CSRF_USE_SESSIONS = True
CSRF_FAILURE_VIEW = "counterpoint.ui.views.csrf_failure"
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]  # a load balancer asks over plain HTTP
SECURE_HSTS_SECONDS = 31536000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_PERMISSIONS = 0o640
TRUSTED_PROXIES = 0

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "blob:", "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "media-src": [SELF, "blob:"],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

Q_CLUSTER = {
    "name": "counterpoint",
    "orm": "default",
    "workers": 1,
    "timeout": 1800,
    "retry": 2100,
    "max_attempts": 1,  # retries belong to JobRun leases, not to the broker
    "ack_failures": True,
    "save_limit": 200,
    "catch_up": False,
    "poll": 0.3,
}
JOBS_INLINE = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "counterpoint.foundation.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"counterpoint": {"level": "INFO"}},
}
