from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "duyen.foundation.jobs"
    label = "jobs"
