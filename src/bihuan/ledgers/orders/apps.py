from django.apps import AppConfig


class OrdersRoom(AppConfig):
    name = "bihuan.ledgers.orders"
    label = "orders"
    verbose_name = "管控"
