"""Where the phone's pages of isolation are found."""

from django.urls import path

from bihuan.field.isolation import views

urlpatterns = [
    path("", views.checks, name="isolation"),
    path("<uuid:id_>/", views.one, name="isolation_stay"),
    path("needs/<uuid:id_>/", views.deliver, name="isolation_deliver"),
    path("homes/<uuid:id_>/", views.home, name="isolation_home"),
]
