"""Where the pages of room intake are found; included by bihuan.desk.urls."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
