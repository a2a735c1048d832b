"""Let deals name the partners who work on them, and put what is said of each under the trail."""

import django.db.models.deletion
from django.db import migrations, models

from duyen.foundation.audit.operations import TraceTable


class Migration(migrations.Migration):
    dependencies = [
        ("opportunities", "0003_boards_show_what_rests_too"),
    ]

    operations = [
        migrations.CreateModel(
            name="Partner",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("party_id", models.BigIntegerField()),
                ("partner_id", models.BigIntegerField()),
                ("contact_id", models.BigIntegerField(null=True)),
                ("role", models.CharField(default="", max_length=40)),
                ("share", models.DecimalField(decimal_places=2, max_digits=5, null=True)),
                ("responsibility", models.CharField(default="", max_length=500)),
                ("commitment", models.CharField(default="NONE", max_length=10)),
                ("paper_id", models.BigIntegerField(null=True)),
                (
                    "opportunity",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="opportunities.opportunity",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["partner_id"], name="deals_of_a_partner"),
                    models.Index(
                        condition=models.Q(("contact_id__isnull", False)),
                        fields=["contact_id"],
                        name="deals_of_a_partners_contact",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("opportunity", "partner_id"), name="a_deal_names_a_partner_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("share", None), models.Q(("share__gte", 0), ("share__lte", 100)), _connector="OR"
                        ),
                        name="the_share_is_in_per_cent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("commitment__in", ["NONE", "AWAITED", "GIVEN"])),
                        name="a_commitment_is_a_known_one",
                    ),
                ],
            },
        ),
        TraceTable(
            "opportunities_partner",
            entity="opportunity_partners",
            root=("opportunities", "opportunity_id"),
            party="party_id",
        ),
    ]
