from django.apps import AppConfig


class LayoutsConfig(AppConfig):
    name = "duyen.foundation.layouts"
    label = "layouts"
