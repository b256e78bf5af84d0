from django.apps import AppConfig


class CommandRoom(AppConfig):
    name = "bihuan.ledgers.command"
    label = "command"
    verbose_name = "指挥"
