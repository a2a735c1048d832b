from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "duyen.modules.parties"
    label = "parties"
