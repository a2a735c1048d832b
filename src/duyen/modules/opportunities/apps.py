from django.apps import AppConfig


class OpportunitiesConfig(AppConfig):
    name = "duyen.modules.opportunities"
    label = "opportunities"
