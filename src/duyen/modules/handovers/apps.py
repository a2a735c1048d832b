from django.apps import AppConfig


class HandoversConfig(AppConfig):
    name = "duyen.modules.handovers"
    label = "handovers"
