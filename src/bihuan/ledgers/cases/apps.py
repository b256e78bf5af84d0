from django.apps import AppConfig


class CasesRoom(AppConfig):
    name = "bihuan.ledgers.cases"
    label = "cases"
    verbose_name = "流调"
