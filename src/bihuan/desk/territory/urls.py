"""Addresses of the tree of areas."""

from django.urls import path

from bihuan.desk.territory import views

urlpatterns = [
    path("territory/", views.territory, name="territory"),
    path("territory/<str:code>/", views.area, name="area"),
]
