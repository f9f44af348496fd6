"""Settings: safe defaults for one laptop; a fleet is reached by environment variables alone."""

from pathlib import Path
from typing import Any

import django_stubs_ext
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from vrewcraft import __version__, env, storage

# Lets Django's generic classes be written with their model: admin.ModelAdmin[Task].
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent

VREWCRAFT_VERSION = __version__
VREWCRAFT_MODE = env.mode()
VREWCRAFT_DATA_DIR = Path(env.text("VREWCRAFT_DATA_DIR", str(BASE_DIR / "data"))).resolve()
VREWCRAFT_HOST = env.host(VREWCRAFT_MODE)
VREWCRAFT_SERVER = env.server()
VREWCRAFT_PORT = env.integer("PORT", 8000, most=65535)
VREWCRAFT_UPLOAD_LIMIT = env.integer("VREWCRAFT_UPLOAD_LIMIT", 4 * 1024**3, least=1)
# In team mode one person cannot fill the disk; 0: the disk alone decides.
VREWCRAFT_QUOTA_BYTES = env.integer(
    "VREWCRAFT_QUOTA_BYTES", 50 * 1024**3 if VREWCRAFT_MODE == "team" else 0
)
# How long a deletion can be undone.
VREWCRAFT_UNDO_SECONDS = 10.0
VREWCRAFT_UPLOAD_EXPIRY_SECONDS = env.seconds("VREWCRAFT_UPLOAD_EXPIRY_SECONDS", 24 * 3600)
VREWCRAFT_SENDFILE = env.sendfile()
VREWCRAFT_LEASE_SECONDS = env.seconds("VREWCRAFT_LEASE_SECONDS", 20)
VREWCRAFT_HEARTBEAT_SECONDS = env.seconds("VREWCRAFT_HEARTBEAT_SECONDS", 5)
VREWCRAFT_STALL_SECONDS = env.seconds("VREWCRAFT_STALL_SECONDS", 600)
if VREWCRAFT_HEARTBEAT_SECONDS * 2 > VREWCRAFT_LEASE_SECONDS:
    raise ImproperlyConfigured(
        "VREWCRAFT_HEARTBEAT_SECONDS must be at most half of VREWCRAFT_LEASE_SECONDS, or tasks "
        "would be taken from live workers."
    )
VREWCRAFT_MAX_LOSSES = env.integer("VREWCRAFT_MAX_LOSSES", 3, least=1, most=32_000)
VREWCRAFT_CRASH_RETRIES = env.integer("VREWCRAFT_CRASH_RETRIES", 2, most=32_000)
VREWCRAFT_INFRASTRUCTURE_RETRIES = env.integer("VREWCRAFT_INFRASTRUCTURE_RETRIES", 5, most=32_000)
VREWCRAFT_RETRY_SECONDS = env.seconds("VREWCRAFT_RETRY_SECONDS", 2)
VREWCRAFT_REAP_SECONDS = env.seconds("VREWCRAFT_REAP_SECONDS", 5)
VREWCRAFT_LEFTOVER_SECONDS = env.seconds("VREWCRAFT_LEFTOVER_SECONDS", 3600)
VREWCRAFT_UNREFERENCED_SECONDS = env.seconds("VREWCRAFT_UNREFERENCED_SECONDS", 24 * 3600)
VREWCRAFT_CPU_SLOTS = env.integer("VREWCRAFT_CPU_SLOTS", 1)
VREWCRAFT_COPY_SLOTS = env.integer("VREWCRAFT_COPY_SLOTS", 1)
VREWCRAFT_PROBE_SLOTS = env.integer("VREWCRAFT_PROBE_SLOTS", 1)
VREWCRAFT_FFMPEG_CORES = env.integer("VREWCRAFT_FFMPEG_CORES", 0)
VREWCRAFT_FFMPEG_MEMORY_BYTES = env.integer(
    "VREWCRAFT_FFMPEG_MEMORY_BYTES", 8 * 1024**3, least=256 * 1024**2
)
VREWCRAFT_SOCKETS_PER_USER = env.integer("VREWCRAFT_SOCKETS_PER_USER", 100)
VREWCRAFT_SOCKETS_PER_ADDRESS = env.integer("VREWCRAFT_SOCKETS_PER_ADDRESS", 1000)
VREWCRAFT_PING_SECONDS = env.seconds("VREWCRAFT_PING_SECONDS", 20)
VREWCRAFT_PING_PATIENCE_SECONDS = env.seconds("VREWCRAFT_PING_PATIENCE_SECONDS", 30)
VREWCRAFT_DISK_FLOOR_BYTES = env.integer("VREWCRAFT_DISK_FLOOR_BYTES", 500 * 1024**2)
VREWCRAFT_CACHE_BYTES = env.integer("VREWCRAFT_CACHE_BYTES", 20 * 1024**3)
VREWCRAFT_LINK_SECONDS = env.integer("VREWCRAFT_LINK_SECONDS", 600, least=1, most=600)
VREWCRAFT_ENGINE = env.engine()
VREWCRAFT_RUN_WORKER = (
    env.text("VREWCRAFT_RUN_WORKER", "no" if VREWCRAFT_ENGINE == "celery" else "yes") == "yes"
)

DEBUG = env.text("DEBUG") == "yes"
if DEBUG and VREWCRAFT_MODE == "team":
    raise ImproperlyConfigured("DEBUG cannot be on in team mode: it would expose settings.")
SECRET_KEY = env.secret_key(VREWCRAFT_MODE, VREWCRAFT_DATA_DIR)
ALLOWED_HOSTS = env.allowed_hosts(VREWCRAFT_MODE)
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "vrewcraft.accounts",
    "vrewcraft",
    "videos",
    "progress",
    "channels",
    "ninja",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "vrewcraft.ops.health.HealthMiddleware",
    "vrewcraft.http.request_log.RequestLogMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "vrewcraft.accounts.middleware.LocalOwnerMiddleware",
    "vrewcraft.accounts.middleware.TokenMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "vrewcraft.http.methods.MethodMiddleware",
    "vrewcraft.http.outage.StorageMiddleware",
]

ROOT_URLCONF = "vrewcraft.urls"
ASGI_APPLICATION = "vrewcraft.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "videos.web.nav.navigation",
                "vrewcraft.http.page_context.page",
            ],
        },
    },
]

# FULL: an acknowledged upload or task outlives a power cut (https://sqlite.org/pragma.html#pragma_synchronous).
SQLITE_OPTIONS: dict[str, Any] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 10,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
}
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.env.db_url("DATABASE_URL", default=f"sqlite:///{VREWCRAFT_DATA_DIR}/db.sqlite3")
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
    DATABASES["default"]["TEST"] = {"NAME": str(VREWCRAFT_DATA_DIR / "test.sqlite3")}
elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    # A worker that hangs in a transaction, or whose machine is gone, keeps the rows that it
    # has locked no longer than its tasks:
    # https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-IDLE-IN-TRANSACTION-SESSION-TIMEOUT
    # A database that cannot be reached any more is an error in half a minute, not after hours:
    # https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-CONNECT-TIMEOUT
    DATABASES["default"]["OPTIONS"] = {
        "options": f"-c idle_in_transaction_session_timeout={VREWCRAFT_LEASE_SECONDS * 1000:.0f}",
        "connect_timeout": 10,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 4,
        "tcp_user_timeout": 30_000,
        **DATABASES["default"].get("OPTIONS", {}),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.text("REDIS_URL")
VREWCRAFT_BROKER_URL = env.broker_url(VREWCRAFT_ENGINE, REDIS_URL)
CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        # redis-py 8 closes an idle socket after 5 s by default
        # (https://github.com/django/channels_redis/issues/422).
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}]},
    }
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}

VREWCRAFT_STORAGE = storage.store()
VREWCRAFT_S3 = storage.s3_options() if VREWCRAFT_STORAGE == "s3" else None
STORAGES = {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Static files are served as they lie, revalidated at each load: ES modules import one another by
# relative path, which rewriting to hashed names would break.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator")
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "library"
LOGOUT_REDIRECT_URL = "login"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ko", _("Korean"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = env.text("TZ", "UTC")
USE_TZ = True

CSRF_FAILURE_VIEW = "vrewcraft.http.error_views.csrf_failure"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.text("VREWCRAFT_HTTPS") == "yes"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LOG_REQUESTS = env.text("LOG_REQUESTS") == "yes"
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {"()": "vrewcraft.ops.logging.TextFormatter"},
        "json": {"()": "vrewcraft.ops.logging.JsonFormatter"},
    },
    "filters": {"hide_file_names": {"()": "vrewcraft.ops.logging.HideFileNames"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": env.log_format(),
            "filters": ["hide_file_names"],
        }
    },
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "WARNING")},
    "loggers": {
        **{
            name: {"level": env.text("LOG_LEVEL", "INFO")}
            for name in ("videos", "progress", "vrewcraft")
        },
        # It logs a traceback each second while Redis is away; progress.layer says it once.
        "channels_redis": {"level": "CRITICAL"},
        # Asked for by a setting of their own, whatever LOG_LEVEL says.
        "vrewcraft.requests": {"level": "INFO"},
    },
}
