from django.apps import AppConfig


class LabRoom(AppConfig):
    name = "bihuan.ledgers.lab"
    label = "lab"
    verbose_name = "检测"
