from django.apps import AppConfig


class WebFormsConfig(AppConfig):
    name = "duyen.modules.web_forms"
    label = "web_forms"
