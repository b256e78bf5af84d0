"""Addresses of the pages of isolation sites, stays and transfers."""

from django.urls import path

from bihuan.desk.sites import check, home, house, monitoring, moves, register, stays, visits, waiting

urlpatterns = [
    path("sites/", register.sites, name="sites"),
    path("sites/new/", register.new_site, name="new_site"),
    path("sites/waiting/", waiting.waiting, name="waiting"),
    path("sites/monitoring/", monitoring.monitoring, name="monitoring"),
    path("sites/leaving/", monitoring.leaving, name="leaving"),
    path("sites/unannounced/", visits.visits, name="unannounced"),
    path("sites/unannounced/<uuid:id_>/", visits.visited, name="visited"),
    path("orders/<uuid:id_>/home/", home.home, name="order_home"),
    path("sites/<uuid:id_>/", house.house, name="site"),
    path("sites/<uuid:id_>/rooms/<uuid:room_id>/", house.room, name="site_room"),
    path("sites/<uuid:id_>/incident/", house.incident, name="incident"),
    path("sites/<uuid:id_>/check/", check.check, name="site_check"),
    path("sites/<uuid:id_>/seats/", check.seats, name="site_seats"),
    path("sites/<uuid:id_>/open/", check.open_or_close, name="site_open"),
    path("stays/<uuid:id_>/", stays.stay, name="stay"),
    path("stays/<uuid:id_>/rules/", stays.rules, name="stay_rules"),
    path("stays/<uuid:id_>/reveal/<slug:field>/", stays.stay_reveal, name="stay_reveal"),
    path("needs/<uuid:id_>/deliver/", stays.deliver, name="deliver_need"),
    path("transfers/", moves.transfers, name="transfers"),
    path("transfers/new/", moves.new_transfer, name="new_transfer"),
    path("transfers/<uuid:id_>/", moves.transfer, name="transfer"),
]
