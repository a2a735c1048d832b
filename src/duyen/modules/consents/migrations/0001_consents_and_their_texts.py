"""Make the tables of consents, of what people refused, and of contacts that were made."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("org", "0012_news_seen"),
        ("parties", "0010_tally_of_customers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ListedNumber",
            fields=[
                ("mac", models.BinaryField(primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name="ConsentText",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("version", models.IntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("name", models.CharField(max_length=200)),
                (
                    "name_key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(models.F("name"), function="duyen_sort_key"),
                        output_field=models.TextField(db_collation="C"),
                    ),
                ),
                ("edition", models.IntegerField()),
                ("purpose", models.CharField(max_length=12)),
                (
                    "channels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                (
                    "data_kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                ("most", models.SmallIntegerField(null=True)),
                ("per", models.CharField(default="", max_length=8)),
                ("valid_months", models.SmallIntegerField()),
                ("words", models.TextField()),
                ("is_active", models.BooleanField(default=True)),
                (
                    "search",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            models.F("name"), arg_joiner=" || ", template="duyen_fold(%(expressions)s)"
                        ),
                        output_field=models.TextField(),
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "updated_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("version", models.IntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("deleted_at", models.DateTimeField(null=True)),
                ("delete_reason", models.CharField(default="", max_length=500)),
                ("code", models.CharField(max_length=40)),
                ("source_channel", models.CharField(max_length=20)),
                ("custom", models.JSONField(default=dict)),
                ("derived", models.JSONField(default=dict)),
                ("purpose", models.CharField(max_length=12)),
                (
                    "channels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                (
                    "data_kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                ("most", models.SmallIntegerField(null=True)),
                ("per", models.CharField(default="", max_length=8)),
                ("given_by", models.CharField(max_length=12)),
                ("evidence", models.CharField(max_length=300)),
                ("given_at", models.DateTimeField()),
                ("expires_on", models.DateField()),
                ("state", models.CharField(default="GIVEN", max_length=12)),
                ("state_since", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "refused_channels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                ("refused_by", models.CharField(default="", max_length=12)),
                ("refusal", models.CharField(default="", max_length=500)),
                ("note", models.TextField(default="")),
                (
                    "search",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            models.Func(models.F("evidence"), function="duyen_fold"),
                            models.Value(" |"),
                            models.Func(models.F("code"), template="duyen_fold_codes(%(expressions)s::text)"),
                            arg_joiner=" || ",
                            template="btrim(%(expressions)s, ' ')",
                        ),
                        output_field=models.TextField(),
                    ),
                ),
                (
                    "code_unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.unit",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "deleted_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.party",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.unit",
                    ),
                ),
                (
                    "updated_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "text",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="consents.consenttext",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ContactMade",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("party_id", models.BigIntegerField(null=True)),
                ("mac", models.BinaryField()),
                ("channel", models.CharField(max_length=8)),
                ("purpose", models.CharField(max_length=12)),
                ("at", models.DateTimeField()),
                ("made_by_id", models.BigIntegerField(null=True)),
                (
                    "consent",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="consents.consent",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ContactRule",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("version", models.IntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("deleted_at", models.DateTimeField(null=True)),
                ("delete_reason", models.CharField(default="", max_length=500)),
                ("kind", models.CharField(max_length=12)),
                ("since", models.DateField()),
                ("first", models.SmallIntegerField(null=True)),
                ("last", models.SmallIntegerField(null=True)),
                ("most", models.SmallIntegerField(null=True)),
                ("basis", models.CharField(max_length=300)),
                (
                    "search",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            models.F("basis"), arg_joiner=" || ", template="duyen_fold(%(expressions)s)"
                        ),
                        output_field=models.TextField(),
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "deleted_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "updated_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ListCheck",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("version", models.IntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("checked_at", models.DateTimeField()),
                ("file_name", models.CharField(max_length=200)),
                ("numbers", models.IntegerField()),
                ("unread", models.IntegerField()),
                (
                    "created_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "updated_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Suppression",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("mac", models.BinaryField()),
                ("channel", models.CharField(max_length=8)),
                ("refused_at", models.DateTimeField()),
                ("refused_by", models.CharField(max_length=12)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("mac", "channel"), name="an_address_refuses_a_channel_once"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="consent",
            index=models.Index(fields=["given_at", "id"], name="consents_by_day"),
        ),
        migrations.AddIndex(
            model_name="consent",
            index=models.Index(fields=["owner", "given_at", "id"], name="consents_of_an_owner"),
        ),
        migrations.AddIndex(
            model_name="consent",
            index=models.Index(fields=["unit", "given_at", "id"], name="consents_of_a_unit"),
        ),
        migrations.AddIndex(
            model_name="consent",
            index=models.Index(fields=["party", "id"], name="consents_of_a_party"),
        ),
        migrations.AddIndex(
            model_name="consent",
            index=models.Index(fields=["expires_on", "id"], name="consents_by_last_day"),
        ),
        migrations.AddIndex(
            model_name="consent",
            index=models.Index(
                condition=models.Q(("deleted_at__isnull", False)),
                fields=["deleted_at", "id"],
                name="consents_in_the_bin",
            ),
        ),
        migrations.AddIndex(
            model_name="consent",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["state", "purpose", "given_by"], name="consents_by_class"
            ),
        ),
        migrations.AddIndex(
            model_name="consent",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(models.F("search"), "gin_trgm_ops"),
                name="consents_by_any_part",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.UniqueConstraint(
                fields=("code", "code_unit"), name="a_consent_code_is_given_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["GIVEN", "WITHDRAWN"])),
                name="a_consent_is_in_a_known_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("evidence", ""), _negated=True), models.Q(("channels", []), _negated=True)
                ),
                name="a_consent_has_channels_and_a_proof",
            ),
        ),
        migrations.AddIndex(
            model_name="contactmade",
            index=models.Index(fields=["mac", "at"], name="contacts_at_an_address"),
        ),
        migrations.AddIndex(
            model_name="contactmade",
            index=models.Index(fields=["consent", "at"], name="contacts_on_a_consent"),
        ),
        migrations.AddIndex(
            model_name="contactmade",
            index=models.Index(fields=["party_id", "at"], name="contacts_with_a_party"),
        ),
        migrations.AddIndex(
            model_name="contactrule",
            index=models.Index(fields=["since", "id"], name="contact_rules_by_day"),
        ),
        migrations.AddIndex(
            model_name="listcheck",
            index=models.Index(fields=["checked_at", "id"], name="list_checks_by_day"),
        ),
    ]
