from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "duyen.surfaces.api"
    label = "api"
