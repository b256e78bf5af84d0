"""Addresses under /api/v1/."""

from django.urls import path, re_path

from bihuan.api import passes
from bihuan.api.acts import acts
from bihuan.api.problems import unknown_route
from bihuan.api.reads import api

urlpatterns = [
    path("acts", acts, name="acts"),
    path("passes/keys", passes.keys, name="pass_keys"),
    path("passes/slices", passes.slices, name="pass_slices"),
    path("", api.urls),
    re_path(r".*", unknown_route),
]
