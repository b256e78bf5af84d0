from django.apps import AppConfig


class MeDoor(AppConfig):
    name = "bihuan.me"
    label = "me"
