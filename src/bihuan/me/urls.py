"""Where a resident finds what concerns them; included by bihuan.config.urls."""

from django.urls import path

from bihuan.me import public, views

app_name = "me"
urlpatterns = [
    path("", views.home, name="home"),
    path("in/", views.come_in, name="in"),
    path("out/", views.go_out, name="out"),
    path("pass/", views.own_pass, name="pass"),
    path("appeal/<uuid:id_>/", views.appeal, name="appeal"),
    path("dispute/", views.dispute, name="dispute"),
    path("help/", views.ask_help, name="help"),
    path("bulletin/", public.bulletin, name="bulletin"),
    path("guides/", public.guides, name="guides"),
    path("guides/<str:name>/", public.guide, name="guide"),
    path("ask/", public.ask, name="ask"),
    path("asked/", public.asked, name="asked"),
]
