"""Addresses of the pages of isolation sites."""

from django.urls import path

from bihuan.desk.sites import check, register

urlpatterns = [
    path("sites/", register.sites, name="sites"),
    path("sites/new/", register.new_site, name="new_site"),
    path("sites/<uuid:id_>/check/", check.check, name="site_check"),
    path("sites/<uuid:id_>/seats/", check.seats, name="site_seats"),
    path("sites/<uuid:id_>/open/", check.open_or_close, name="site_open"),
]
