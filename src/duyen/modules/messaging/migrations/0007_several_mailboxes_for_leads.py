"""Let the company have several mailboxes from which leads come, and keep the last problem of each mailbox."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0006_find_mails_of_a_person"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="mailbox",
            name="the_company_has_one_mailbox_for_each_use",
        ),
        migrations.AddField(
            model_name="standing",
            name="failed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="standing",
            name="last_problem",
            field=models.JSONField(null=True),
        ),
        migrations.AddIndex(
            model_name="mail",
            index=models.Index(
                condition=models.Q(("state__in", ["unfiled", "left_out"])),
                fields=["mailbox", "state", "-id"],
                name="mails_without_a_place_of_a_box",
            ),
        ),
        migrations.AddConstraint(
            model_name="mailbox",
            constraint=models.UniqueConstraint(
                condition=models.Q(("gone_at", None), ("use", "mail"), ("user", None)),
                fields=("use",),
                name="the_company_has_one_mailbox_for_mail",
            ),
        ),
        migrations.AddConstraint(
            model_name="mailbox",
            constraint=models.UniqueConstraint(
                condition=models.Q(("gone_at", None), ("use", "leads"), ("user", None)),
                fields=("imap_host", "username", "folder"),
                name="a_mailbox_for_leads_is_connected_once",
            ),
        ),
    ]
