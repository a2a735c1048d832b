from django.apps import AppConfig


class EntitiesConfig(AppConfig):
    name = "duyen.entities"
    label = "entities"
