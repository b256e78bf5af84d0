"""Addresses of the units' reports."""

from django.urls import path

from bihuan.desk.unit_reports import views

urlpatterns = [
    path("unit-reports/", views.matrix, name="unit_reports"),
    path("unit-reports/<uuid:id_>/", views.report, name="unit_report"),
    path("urgent/", views.urgent, name="urgent"),
    path("urgent/<uuid:id_>/", views.hear, name="hear_urgent"),
]
