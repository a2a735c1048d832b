from django.apps import AppConfig


class RetentionConfig(AppConfig):
    name = "duyen.modules.retention"
    label = "retention"
