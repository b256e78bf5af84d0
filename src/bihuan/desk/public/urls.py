"""Addresses of what is told to the public and what the public asks."""

from django.urls import path

from bihuan.desk.public import views

urlpatterns = [
    path("bulletins/", views.bulletins, name="bulletins"),
    path("enquiries/", views.enquiries, name="enquiries"),
    path("enquiries/<uuid:id_>/", views.enquiry, name="enquiry"),
]
