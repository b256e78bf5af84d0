"""Where the pages of the phone are found; included by bihuan.config.urls."""

from django.urls import include, path

from bihuan.field import checkpoint, urgent, views

app_name = "field"
urlpatterns = [
    path("", views.home, name="home"),
    path("rows/<uuid:id_>/", views.visit, name="visit"),
    path("rows/<uuid:id_>/who/", views.who, name="who"),
    path("off-list/", views.off_list, name="off_list"),
    path("isolation/", include("bihuan.field.isolation.urls")),
    path("inspect/", include("bihuan.field.inspect.urls")),
    path("notices/", views.notices, name="notices"),
    path("urgent/", urgent.urgent, name="urgent"),
    path("checkpoint/", checkpoint.checkpoint, name="checkpoint"),
    path("checkpoint/pack.json", checkpoint.pack, name="checkpoint_pack"),
    path("sw.js", checkpoint.worker, name="worker"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
]
