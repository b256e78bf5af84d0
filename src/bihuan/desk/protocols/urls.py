"""Addresses of the protocol pages."""

from django.urls import path

from bihuan.desk.protocols import views

urlpatterns = [
    path("protocols/", views.protocols, name="protocols"),
    path("protocols/compare/", views.compare, name="protocol_compare"),
    path("protocols/<slug:disease>/<slug:edition>/", views.protocol, name="protocol"),
    path("protocols/<slug:disease>/<slug:edition>/adopt/", views.adopt, name="protocol_adopt"),
]
