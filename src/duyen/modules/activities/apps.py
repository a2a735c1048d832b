from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    name = "duyen.modules.activities"
    label = "activities"
