"""Let the company have a mailbox from which leads come, and mails be taken in."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0004_what_a_mail_is_for"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="mail",
            name="a_mail_is_in_a_known_state",
        ),
        migrations.RemoveConstraint(
            model_name="mailbox",
            name="the_company_has_one_mailbox",
        ),
        migrations.AddField(
            model_name="mailbox",
            name="use",
            field=models.CharField(default="mail", max_length=8),
        ),
        migrations.AddIndex(
            model_name="mail",
            index=models.Index(
                condition=models.Q(("state", "taken")), fields=["party_id", "-id"], name="mails_taken_in"
            ),
        ),
        migrations.AddConstraint(
            model_name="mail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "waiting",
                            "sending",
                            "sent",
                            "refused",
                            "uncertain",
                            "stopped",
                            "filed",
                            "unfiled",
                            "told",
                            "left_out",
                            "taken",
                        ],
                    )
                ),
                name="a_mail_is_in_a_known_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="mailbox",
            constraint=models.UniqueConstraint(
                condition=models.Q(("gone_at", None), ("user", None)),
                fields=("use",),
                name="the_company_has_one_mailbox_for_each_use",
            ),
        ),
    ]
