"""Addresses of the pages of texts and meetings."""

from django.urls import path

from bihuan.desk.directives import texts, writing

urlpatterns = [
    path("directives/", texts.directives, name="directives"),
    path("directives/new/", writing.new_directive, name="new_directive"),
    path("directives/meeting/", writing.new_meeting, name="new_meeting"),
    path("directives/<uuid:id_>/", texts.directive, name="directive"),
    path("directives/<uuid:id_>/diff/", texts.diff, name="directive_diff"),
    path("directives/<uuid:id_>/<slug:verb>/", writing.directive_act, name="directive_act"),
    path("items/<uuid:id_>/", writing.mend_item, name="mend_item"),
    path("rhythms/", writing.rhythms, name="rhythms"),
]
