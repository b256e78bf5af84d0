"""Addresses of the command pages."""

from django.urls import path

from bihuan.desk.command import views

urlpatterns = [
    path("", views.situation, name="situation"),
    path("tasks/", views.tasks, name="tasks"),
    path("tasks/<uuid:id_>/", views.task, name="task"),
    path("tasks/new/", views.new_task, name="new_task"),
    path("notices/", views.notices, name="notices"),
    path("letters/", views.letters, name="letters"),
    path("letters/<uuid:id_>/", views.letter, name="letter"),
]
