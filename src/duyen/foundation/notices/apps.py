from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "duyen.foundation.notices"
    label = "notices"
