from django.apps import AppConfig


class ScoringConfig(AppConfig):
    name = "duyen.modules.scoring"
    label = "scoring"
