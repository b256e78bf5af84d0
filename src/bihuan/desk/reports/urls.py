"""Addresses of the library of reports."""

from django.urls import path

from bihuan.desk.reports import views

urlpatterns = [
    path("", views.library, name="reports"),
    path("<str:name>/", views.one, name="report"),
    path("<str:name>/schedule/", views.schedule, name="schedule_report"),
]
