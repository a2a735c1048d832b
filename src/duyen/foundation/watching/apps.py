from django.apps import AppConfig


class WatchingConfig(AppConfig):
    name = "duyen.foundation.watching"
    label = "watching"
