"""Where the pages of the phone are found; included by bihuan.config.urls."""

from django.urls import include, path

from bihuan.field import views

app_name = "field"
urlpatterns = [
    path("", views.home, name="home"),
    path("rows/<uuid:id_>/", views.visit, name="visit"),
    path("rows/<uuid:id_>/who/", views.who, name="who"),
    path("off-list/", views.off_list, name="off_list"),
    path("inspect/", include("bihuan.field.inspect.urls")),
    path("notices/", views.notices, name="notices"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
]
