from django.apps import AppConfig


class FieldsConfig(AppConfig):
    name = "duyen.foundation.fields"
    label = "fields"
