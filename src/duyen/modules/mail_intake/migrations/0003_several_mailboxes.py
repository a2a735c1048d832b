"""Tie what leads by mail have to a mailbox, and let them have a campaign and products."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0002_trace_campaigns"),
        ("messaging", "0007_several_mailboxes_for_leads"),
        ("mail_intake", "0002_trace_mail_intake"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="intake", name="there_is_one_way_in_by_mail"),
        migrations.RemoveConstraint(model_name="intake", name="a_way_in_by_mail_is_the_only_one"),
        migrations.RemoveField(model_name="intake", name="is_only"),
        migrations.AddField(
            model_name="intake",
            name="mailbox",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="messaging.mailbox",
            ),
        ),
        migrations.AddField(
            model_name="intake",
            name="campaign",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="campaigns.campaign",
            ),
        ),
        migrations.AddField(
            model_name="intake",
            name="product_ids",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), default=list, size=None
            ),
        ),
    ]
