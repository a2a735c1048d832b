from django.apps import AppConfig


class SettingsConfig(AppConfig):
    name = "duyen.foundation.settings"
    label = "settings"
