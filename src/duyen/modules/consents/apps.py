from django.apps import AppConfig


class ConsentsConfig(AppConfig):
    name = "duyen.modules.consents"
    label = "consents"
