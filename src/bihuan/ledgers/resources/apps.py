from django.apps import AppConfig


class ResourcesRoom(AppConfig):
    name = "bihuan.ledgers.resources"
    label = "resources"
    verbose_name = "保障"
