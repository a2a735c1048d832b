from django.apps import AppConfig


class ChoicesConfig(AppConfig):
    name = "duyen.foundation.choices"
    label = "choices"
