from django.apps import AppConfig


class DeskDoor(AppConfig):
    name = "bihuan.desk"
    label = "desk"
