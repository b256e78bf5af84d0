"""Addresses of the tree of areas."""

from django.urls import path

from bihuan.desk.territory import risk, views

urlpatterns = [
    path("risk/", risk.risk_areas, name="risk"),
    path("risk/load/", risk.risk_load, name="risk_load"),
    path("risk/<uuid:id_>/", risk.risk_version, name="risk_version"),
    path("risk/<uuid:id_>/notice/", risk.risk_notice, name="risk_notice"),
    path("territory/", views.territory, name="territory"),
    path("territory/<str:code>/", views.area, name="area"),
]
