"""All settings, read once from the environment; a wrong value fails here, loudly, and not at three in the morning.

Deadlines and thresholds are protocol data, never settings.

BIHUAN_HOME      folder of all state (./var)          DATABASE_URL   a PostgreSQL server instead of the embedded one
BIHUAN_SECRET    key of sessions and ciphers          BIHUAN_HOSTS   names the desk answers to, comma-separated
BIHUAN_TZ        civil time (Asia/Shanghai)           BIHUAN_HTTPS   1 behind TLS: secure cookies
"""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from bihuan.config import database

PACKAGE = Path(__file__).resolve().parent.parent
HOME = database.home()


def _flag(name: str) -> bool:
    text = os.environ.get(name, "0")
    if text not in {"0", "1", ""}:
        raise RuntimeError(f"{name} must be 0 or 1, not «{text}»")
    return text == "1"


def _secret() -> str:
    """The key everything personal is encrypted with: from the environment, or made once and kept beside the data."""
    named = os.environ.get("BIHUAN_SECRET")
    if named:
        return named
    kept = HOME / "secret.key"
    if not kept.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        fresh = HOME / f"secret.{os.getpid()}.new"
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            os.link(fresh, kept)  # two first processes: one of them wins, both read the same key
        fresh.unlink()
    return kept.read_text().strip()


def _databases() -> dict[str, dict[str, object]]:
    """`default` has the rights of the application, `owner` makes tables. Row-level security binds both."""
    pooled = {"pool": {"min_size": 2, "max_size": 12, "timeout": 20}} if _flag("BIHUAN_POOL") else {}
    url = os.environ.get("DATABASE_URL")
    if url:
        owner = database.address()
        as_app = {"options": f"-c role={database.APP}"} if owner.user != database.APP else {}
        name = os.environ.get("BIHUAN_DATABASE_NAME", owner.name)
    else:
        owner = database.Embedded(HOME / "postgres").owner()
        as_app = {}
        name = os.environ.get("BIHUAN_DATABASE_NAME", owner.name)
    app_user = owner.user if url else database.APP
    extra = dict(owner.options)
    return {
        "default": {
            **owner.for_django(OPTIONS={**extra, **as_app, **pooled}, CONN_MAX_AGE=0),
            "USER": app_user,
            "NAME": name,
        },
        "owner": {**owner.for_django(OPTIONS=extra), "NAME": name},
        # A second voice of the application: progress is told while the long transaction is still open.
        "aside": {**owner.for_django(OPTIONS={**extra, **as_app}), "USER": app_user, "NAME": name},
    }


SECRET_KEY = _secret()
DEBUG = False
ALLOWED_HOSTS = os.environ.get("BIHUAN_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [f"https://{h}" for h in ALLOWED_HOSTS] if _flag("BIHUAN_HTTPS") else []
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _flag("BIHUAN_HTTPS")
SESSION_COOKIE_AGE = 12 * 3600  # one duty shift
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _flag("BIHUAN_HTTPS") else None
X_FRAME_OPTIONS = "DENY"

DATABASES = _databases()
# A drill database is known by its name: every page of it says so, and no act of an exercise is done elsewhere.
IS_DRILL = database.is_drill(str(DATABASES["default"]["NAME"]))
DATABASE_ROUTERS: list[str] = []
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "bihuan.ledgers.territory",
    "bihuan.ledgers.people",
    "bihuan.ledgers.staff",
    "bihuan.ledgers.command",
    "bihuan.ledgers.intake",
    "bihuan.ledgers.resources",
    "bihuan.ledgers.orders",
    "bihuan.ledgers.lab",
    "bihuan.ledgers.cases",
    "bihuan.loop",
    "bihuan.desk",
    "bihuan.field",
    "bihuan.me",
]
PROCRASTINATE_IMPORT_PATHS = ["bihuan.desk.intake.jobs", "bihuan.desk.lab.jobs", "bihuan.desk.drills.jobs"]
AUTH_USER_MODEL = "staff.Member"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "bihuan.desk.shedding.Shedding",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "bihuan.desk.middleware.PlainFailures",
]
ROOT_URLCONF = "bihuan.config.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "bihuan.config.drill.mark",
                "bihuan.desk.context.frame",
                "bihuan.field.context.phone",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]
ASGI_APPLICATION = "bihuan.config.asgi.application"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_TZ = True
TIME_ZONE = os.environ.get("BIHUAN_TZ", "Asia/Shanghai")

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600

DATA_UPLOAD_MAX_MEMORY_SIZE = 110 * 2**20
FILE_UPLOAD_MAX_MEMORY_SIZE = 4 * 2**20
UPLOAD_LIMIT_BYTES = 100 * 2**20

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("BIHUAN_LOG", "WARNING")},
}
