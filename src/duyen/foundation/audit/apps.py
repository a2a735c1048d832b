from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "duyen.foundation.audit"
    label = "audit"
