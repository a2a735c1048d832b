from django.apps import AppConfig


class SharesConfig(AppConfig):
    name = "duyen.foundation.shares"
    label = "shares"
