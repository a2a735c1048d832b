from django.apps import AppConfig


class AdministrationConfig(AppConfig):
    name = "duyen.modules.administration"
    label = "administration"
