"""Addresses of the desk, one include a room."""

from django.urls import include, path

app_name = "desk"

urlpatterns = [
    path("", include("bihuan.desk.command.urls")),
    path("", include("bihuan.desk.intake.urls")),
    path("", include("bihuan.desk.people.urls")),
    path("", include("bihuan.desk.staff.urls")),
    path("", include("bihuan.desk.territory.urls")),
    path("", include("bihuan.desk.codes.urls")),
    path("", include("bihuan.desk.cases.urls")),
    path("", include("bihuan.desk.sites.urls")),
    path("", include("bihuan.desk.orders.urls")),
    path("", include("bihuan.desk.problems.urls")),
    path("", include("bihuan.desk.unit_reports.urls")),
    path("", include("bihuan.desk.public.urls")),
    path("", include("bihuan.desk.directives.urls")),
    path("", include("bihuan.desk.protocols.urls")),
    path("", include("bihuan.desk.drills.urls")),
    path("", include("bihuan.desk.chains.urls")),
    path("", include("bihuan.desk.lab.urls")),
    path("", include("bihuan.desk.planning.urls")),
    path("reports/", include("bihuan.desk.reports.urls")),
]
