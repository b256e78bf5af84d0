"""Addresses of the chains pages; included by bihuan.desk.urls."""

from django.urls import path

from bihuan.desk.chains import views

urlpatterns = [path("chains/", views.chains, name="chains")]
