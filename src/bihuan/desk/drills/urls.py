"""Addresses of the drill room."""

from django.urls import path

from bihuan.desk.drills import views

urlpatterns = [
    path("rehearsals/", views.rehearsals, name="rehearsals"),
    path("rehearsals/new/", views.new, name="rehearsal_new"),
    path("rehearsals/compare/", views.compare, name="rehearsal_compare"),
    path("rehearsals/<uuid:id_>/", views.rehearsal, name="rehearsal"),
]
