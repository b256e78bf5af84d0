from django.apps import AppConfig


class StaffRoom(AppConfig):
    name = "bihuan.ledgers.staff"
    label = "staff"
    verbose_name = "队伍"
