"""Addresses of the pages of the testing chain."""

from django.urls import path

from bihuan.desk.lab import paper, pools, posts, results, round_page, rounds, slots, stations

urlpatterns = [
    path("lab/", rounds.rounds, name="rounds"),
    path("lab/new/", rounds.new_round, name="new_round"),
    path("lab/stations/", stations.stations, name="stations"),
    path("lab/rounds/<uuid:id_>/", round_page.round_page, name="round"),
    path("lab/rounds/<uuid:id_>/close/", rounds.close, name="close_round"),
    path("lab/rounds/<uuid:id_>/reroute/", rounds.reroute, name="reroute"),
    path("lab/sessions/<uuid:id_>/", stations.session, name="session"),
    path("lab/sessions/<uuid:id_>/paper/", paper.paper, name="session_paper"),
    path("lab/rounds/<uuid:id_>/slots/", slots.new, name="new_slots"),
    path("lab/slots/<uuid:id_>/", slots.plan, name="slots"),
    path("lab/doubts/", pools.doubts, name="doubts"),
    path("lab/pools/", pools.pools, name="pools"),
    path("lab/pools/<uuid:id_>/", pools.pool, name="pool"),
    path("lab/results/", results.files, name="results"),
    path("lab/results/waiting/", results.release_waiting, name="release_waiting"),
    path("lab/results/<uuid:id_>/", results.file, name="result_file"),
    path("lab/posts/", posts.posts, name="key_posts"),
    path("lab/outages/", posts.outages, name="outages"),
]
