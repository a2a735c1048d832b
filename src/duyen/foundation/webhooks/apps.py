from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "duyen.foundation.webhooks"
    label = "webhooks"
