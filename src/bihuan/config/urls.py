"""Every address of the house, one line a door."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("bihuan.api.urls")),
]
