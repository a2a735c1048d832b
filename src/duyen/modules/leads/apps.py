from django.apps import AppConfig


class LeadsConfig(AppConfig):
    name = "duyen.modules.leads"
    label = "leads"
