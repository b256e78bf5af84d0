"""Addresses of the phone's pages of inspection."""

from django.urls import path

from bihuan.field.inspect import views

urlpatterns = [
    path("", views.inspect, name="inspect"),
    path("<slug:name>/", views.places, name="inspect_places"),
    path("<slug:name>/fill/", views.fill, name="inspect_fill"),
    path("filled/<uuid:id_>/", views.filled, name="inspect_filled"),
]
