from django.apps import AppConfig


class MailIntakeConfig(AppConfig):
    name = "duyen.modules.mail_intake"
    label = "mail_intake"
