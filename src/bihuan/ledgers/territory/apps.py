from django.apps import AppConfig


class TerritoryRoom(AppConfig):
    name = "bihuan.ledgers.territory"
    label = "territory"
    verbose_name = "辖区"
