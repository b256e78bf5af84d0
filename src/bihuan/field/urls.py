"""Where the pages of the phone are found; included by bihuan.config.urls."""

from django.urls import URLPattern

app_name = "field"
urlpatterns: list[URLPattern] = []
