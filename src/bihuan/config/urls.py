"""Every address of the house, one line a door."""

from django.urls import URLPattern, URLResolver, include, path

from bihuan.desk import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    path("api/v1/", include("bihuan.api.urls")),
]
