"""Every address of the house, one line a door."""

from django.contrib.auth.views import LogoutView
from django.urls import URLPattern, URLResolver, include, path

from bihuan.desk import health
from bihuan.desk.staff.login import Login

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    path("api/v1/", include("bihuan.api.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("login/", Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(next_page="login"), name="logout"),
    path("field/", include("bihuan.field.urls")),
    path("me/", include("bihuan.me.urls")),
    path("", include("bihuan.desk.urls")),
]

handler403 = "bihuan.desk.errors.forbidden"
handler404 = "bihuan.desk.errors.not_found"
handler500 = "bihuan.desk.errors.broken"
