"""Addresses of the gallery; served alone, never by the county's own address book."""

from django.urls import include, path, re_path

from bihuan.desk.gallery import views

_pages = [
    path("", views.situation, name="situation"),
    path("list", views.tasks, name="list"),
    path("empty", views.empty, name="empty"),
    path("detail", views.detail, name="detail"),
    path("wizard", views.wizard, name="wizard"),
    path("pair", views.pair, name="pair"),
    path("reveal", views.reveal, name="reveal"),
    re_path(r"^(?P<name>login|403|404|500|no_database|csrf)$", views.bare, name="bare"),
]
urlpatterns = [
    path("gallery/", include((_pages, "gallery"))),
    path("i18n/", include("django.conf.urls.i18n")),
]
