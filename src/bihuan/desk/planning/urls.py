"""Addresses of the plans."""

from django.urls import path

from bihuan.desk.planning import views

urlpatterns = [
    path("plans/", views.plans, name="plans"),
    path("plans/<slug:name>/", views.plan, name="plan"),
]
