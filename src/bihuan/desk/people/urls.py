"""Addresses of the people pages; included by bihuan.desk.urls."""

from django.urls import path

from bihuan.desk.people import doubles, views

urlpatterns = [
    path("people/", views.people, name="people"),
    path("people/search/", views.search, name="search"),
    path("people/doubles/", doubles.doubles, name="doubles"),
    path("people/doubles/<uuid:id_>/", doubles.double, name="double"),
    path("people/<uuid:id_>/", views.person, name="person"),
    path("people/<uuid:id_>/reveal/<slug:field>/", views.person_reveal, name="person_reveal"),
    path("people/<uuid:id_>/merge/", views.merge, name="merge"),
    path("people/merges/<uuid:id_>/undo/", views.unmerge, name="unmerge"),
]
