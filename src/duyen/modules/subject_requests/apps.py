from django.apps import AppConfig


class SubjectRequestsConfig(AppConfig):
    name = "duyen.modules.subject_requests"
    label = "subject_requests"
