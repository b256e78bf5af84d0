from django.apps import AppConfig


class Loop(AppConfig):
    name = "bihuan.loop"
    label = "loop"
