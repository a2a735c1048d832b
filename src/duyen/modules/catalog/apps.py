from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "duyen.modules.catalog"
    label = "catalog"
