"""Addresses of the intake pages; included by bihuan.desk.urls."""

from django.urls import path

from bihuan.desk.intake import lists, review, row, rows, upload

urlpatterns = [
    path("lists/", lists.lists, name="lists"),
    path("lists/upload/", upload.begin, name="upload"),
    path("lists/upload/<uuid:id_>/columns/", upload.columns, name="upload_columns"),
    path("lists/upload/<uuid:id_>/preview/", upload.preview, name="upload_preview"),
    path("lists/upload/<uuid:id_>/progress/", upload.progress, name="upload_progress"),
    path("lists/upload/<uuid:id_>/drop/", upload.drop, name="upload_drop"),
    path("lists/<uuid:id_>/", lists.pushed_list, name="list"),
    path("lists/<uuid:id_>/rejects.xlsx", lists.rejects, name="rejects"),
    path("rows/", rows.rows, name="rows"),
    path("rows/assign/", rows.assign, name="assign"),
    path("rows/<uuid:id_>/", row.row, name="row"),
    path("rows/<uuid:id_>/do/<slug:verb>/", row.row_act, name="row_act"),
    path("rows/<uuid:id_>/reveal/<slug:field>/", row.row_reveal, name="row_reveal"),
    path("review/", review.review, name="review"),
    path("review/<uuid:id_>/", review.pair, name="pair"),
]
