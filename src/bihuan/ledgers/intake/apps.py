from django.apps import AppConfig


class IntakeRoom(AppConfig):
    name = "bihuan.ledgers.intake"
    label = "intake"
    verbose_name = "推送"
