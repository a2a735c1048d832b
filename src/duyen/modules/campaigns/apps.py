from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "duyen.modules.campaigns"
    label = "campaigns"
