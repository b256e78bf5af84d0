"""Where the pages of the phone are found; included by bihuan.config.urls."""

from django.urls import include, path

from bihuan.field import carrying, checkpoint, outbox, sampling, slots, tasks, urgent, views, worker

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
    path("slots/", slots.slots, name="slots"),
    path("sampling/<uuid:id_>/expected/", slots.expected, name="expected"),
    path("sampling/", sampling.sampling, name="sampling"),
    path("sampling/<uuid:id_>/pack.json", sampling.pack, name="sampling_pack"),
    path("carry/", carrying.carrying, name="carrying"),
    path("tasks/", tasks.tasks, name="tasks"),
    path("tasks/pack.json", tasks.pack, name="tasks_pack"),
    path("outbox/", outbox.outbox, name="outbox"),
    path("about/", outbox.about, name="about"),
    path("sw.js", worker.worker, name="worker"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
]
