from django.apps import AppConfig


class FieldDoor(AppConfig):
    name = "bihuan.field"
    label = "field"
