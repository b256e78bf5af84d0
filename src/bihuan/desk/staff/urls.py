"""Addresses of the roster, the rota, the journal and one's own account."""

from django.urls import path

from bihuan.desk.staff import duty, journal, phones, profile, roster

urlpatterns = [
    path("roster/", roster.roster, name="roster"),
    path("roster/new/", roster.new, name="roster_new"),
    path("roster/posts/<uuid:id_>/", roster.post, name="post"),
    path("duty/", duty.duty, name="duty"),
    path("phones/", phones.phones, name="phones"),
    path("journal/", journal.journal, name="journal"),
    path("profile/", profile.profile, name="profile"),
    path("views/<str:page>/", profile.save_view, name="save_view"),
]
