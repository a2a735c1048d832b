from django.apps import AppConfig


class CaldavConfig(AppConfig):
    name = "duyen.modules.caldav"
    label = "caldav"
