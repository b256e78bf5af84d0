"""Addresses of codes, passes and their keys."""

from django.urls import path

from bihuan.desk.codes import views

urlpatterns = [
    path("codes/", views.codes, name="codes"),
    path("codes/person/<uuid:id_>/", views.person_code, name="person_code"),
]
