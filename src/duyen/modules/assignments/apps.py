from django.apps import AppConfig


class AssignmentsConfig(AppConfig):
    name = "duyen.modules.assignments"
    label = "assignments"
