from django.apps import AppConfig


class CommissionsConfig(AppConfig):
    name = "duyen.modules.commissions"
    label = "commissions"
