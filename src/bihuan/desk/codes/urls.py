"""Addresses of codes, passes and their keys."""

from django.urls import path

from bihuan.desk.codes import posts, views

urlpatterns = [
    path("codes/", views.codes, name="codes"),
    path("checkpoints/", posts.checkpoints, name="checkpoints"),
    path("checkpoints/<uuid:id_>/", posts.post, name="checkpoint"),
    path("stops/", posts.stops, name="stops"),
    path("stops/<uuid:id_>/", posts.stop, name="stop"),
    path("codes/words/<uuid:id_>/", views.task_words, name="task_words"),
    path("codes/person/<uuid:id_>/", views.person_code, name="person_code"),
]
