"""Settings that draw the desk's frame without database or accounts."""

from pathlib import Path

import django
from django.conf import settings

PACKAGE = Path(__file__).resolve().parents[2]


def configure() -> None:
    """Set Django up for the gallery; leaves settings alone that somebody made before."""
    if not settings.configured:
        settings.configure(
            DEBUG=True,
            SECRET_KEY="the gallery keeps no secrets",  # noqa: S106
            ALLOWED_HOSTS=["*"],
            ROOT_URLCONF="bihuan.desk.gallery.urls",
            INSTALLED_APPS=["django.contrib.staticfiles", "bihuan.desk"],
            MIDDLEWARE=[
                "django.middleware.locale.LocaleMiddleware",
                "django.middleware.csrf.CsrfViewMiddleware",
                "bihuan.desk.gallery.alone.strict",
            ],
            TEMPLATES=[
                {
                    "BACKEND": "django.template.backends.django.DjangoTemplates",
                    "APP_DIRS": True,
                    "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
                }
            ],
            STATIC_URL="/static/",
            LANGUAGE_CODE="zh-hans",
            LANGUAGES=[("zh-hans", "中文"), ("en", "English")],
            LOCALE_PATHS=[PACKAGE / "locale"],
            USE_TZ=True,
            TIME_ZONE="Asia/Shanghai",
        )
    django.setup()


def strict(answer):
    """The policy the desk is made for: nothing inline, nothing from elsewhere."""

    def guarded(request):
        response = answer(request)
        response["Content-Security-Policy"] = "default-src 'self'; img-src 'self' data:; object-src 'none'"
        return response

    return guarded
