from django.apps import AppConfig


class CallingConfig(AppConfig):
    name = "duyen.modules.calling"
    label = "calling"
