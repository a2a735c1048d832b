from django.apps import AppConfig


class OrgConfig(AppConfig):
    name = "duyen.foundation.org"
    label = "org"
