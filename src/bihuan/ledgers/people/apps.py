from django.apps import AppConfig


class PeopleRoom(AppConfig):
    name = "bihuan.ledgers.people"
    label = "people"
    verbose_name = "人员"
