from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "duyen.foundation.access"
    label = "access"
