import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("database", "0001_text_functions"),
        ("org", "0001_units_users_roles_positions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Party",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("version", models.IntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("code", models.CharField(max_length=40)),
                ("source_channel", models.CharField(max_length=20)),
                ("custom", models.JSONField(default=dict)),
                ("deleted_at", models.DateTimeField(null=True)),
                ("delete_reason", models.CharField(default="", max_length=500)),
                ("kind", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=250)),
                ("short_name", models.CharField(default="", max_length=120)),
                ("honorific", models.CharField(default="", max_length=8)),
                (
                    "name_key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(models.F("name"), function="duyen_sort_key"),
                        output_field=models.TextField(db_collation="C"),
                    ),
                ),
                (
                    "given_key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(models.F("name"), function="duyen_given_key"),
                        output_field=models.TextField(db_collation="C"),
                    ),
                ),
                (
                    "phones",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                ("phone_notes", models.JSONField(default=dict)),
                (
                    "emails",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                ("email_notes", models.JSONField(default=dict)),
                ("tax_code", models.CharField(default="", max_length=14)),
                ("personal_id", models.BinaryField(null=True)),
                ("personal_id_mac", models.BinaryField(null=True)),
                ("born_on", models.DateField(null=True)),
                ("addresses", models.JSONField(default=list)),
                ("ward", models.CharField(default="", max_length=200)),
                ("province", models.CharField(default="", max_length=200)),
                ("industry", models.CharField(default="", max_length=40)),
                ("legal_form", models.CharField(default="", max_length=40)),
                ("size_band", models.CharField(default="", max_length=20)),
                ("revenue_band", models.CharField(default="", max_length=20)),
                ("source", models.CharField(default="", max_length=40)),
                ("source_detail", models.CharField(default="", max_length=200)),
                ("is_key_account", models.BooleanField(default=False)),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                ("note", models.TextField(default="")),
                ("known_since", models.DateField(null=True)),
                ("role_mask", models.IntegerField(default=0)),
                ("verified", models.BooleanField(default=True)),
                ("relationship_state", models.CharField(default="", max_length=20)),
                ("relationship_since", models.DateTimeField(null=True)),
                (
                    "search",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            models.F("name"),
                            models.Value(" |"),
                            models.F("code"),
                            models.Value(" |"),
                            models.Func(models.F("phones"), function="duyen_join"),
                            models.Value(" |"),
                            models.Func(models.F("emails"), function="duyen_join"),
                            models.Value(" |"),
                            models.F("tax_code"),
                            arg_joiner=" || ",
                            template="duyen_fold(%(expressions)s)",
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
            ],
        ),
        migrations.CreateModel(
            name="PartyInRole",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("role", models.CharField(max_length=20)),
                ("since", models.DateField()),
                ("until", models.DateField(null=True)),
                ("details", models.JSONField(default=dict)),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="roles", to="parties.party"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Tie",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=24)),
                ("role", models.CharField(default="", max_length=24)),
                ("job_title", models.CharField(default="", max_length=120)),
                ("is_main", models.BooleanField(default=False)),
                ("since", models.DateField(null=True)),
                ("until", models.DateField(null=True)),
                ("note", models.CharField(default="", max_length=300)),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ties_out",
                        to="parties.party",
                    ),
                ),
                (
                    "to_party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ties_in",
                        to="parties.party",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="party",
            index=models.Index(fields=["name_key", "id"], name="parties_by_name"),
        ),
        migrations.AddIndex(
            model_name="party",
            index=models.Index(fields=["given_key", "id"], name="parties_by_given_name"),
        ),
        migrations.AddIndex(
            model_name="party",
            index=models.Index(fields=["created_at", "id"], name="parties_by_age"),
        ),
        migrations.AddIndex(
            model_name="party",
            index=models.Index(fields=["owner", "name_key", "id"], name="parties_of_an_owner"),
        ),
        migrations.AddIndex(
            model_name="party",
            index=models.Index(fields=["unit", "name_key", "id"], name="parties_of_a_unit"),
        ),
        migrations.AddIndex(
            model_name="party",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(models.F("search"), "gin_trgm_ops"),
                name="parties_by_any_part",
            ),
        ),
        migrations.AddConstraint(
            model_name="party",
            constraint=models.UniqueConstraint(
                fields=("code", "code_unit"), name="a_party_code_is_given_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="party",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        ["INDIVIDUAL", "HOUSEHOLD", "HOUSEHOLD_BUSINESS", "ORGANISATION", "PUBLIC_BODY"],
                    )
                ),
                name="a_party_is_of_a_known_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="party",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="a_party_has_a_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="partyinrole",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until", None)),
                fields=("party", "role"),
                name="a_party_plays_a_role_once_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="tie",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until", None)),
                fields=("party", "to_party", "kind"),
                name="two_parties_are_tied_once_in_a_way",
            ),
        ),
        migrations.AddConstraint(
            model_name="tie",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_main", True), ("kind", "WORKS_AT"), ("until", None)),
                fields=("to_party",),
                name="an_organisation_has_one_main_contact",
            ),
        ),
        migrations.AddConstraint(
            model_name="tie",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "SUBSIDIARY_OF"), ("until", None)),
                fields=("party",),
                name="an_organisation_has_one_parent",
            ),
        ),
        migrations.AddConstraint(
            model_name="tie",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["WORKS_AT", "LEGAL_REPRESENTATIVE", "SUBSIDIARY_OF", "MEMBER_OF_HOUSEHOLD"])
                ),
                name="a_tie_is_of_a_known_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="tie",
            constraint=models.CheckConstraint(
                condition=models.Q(("party", models.F("to_party")), _negated=True),
                name="a_party_is_not_tied_to_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="tie",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until", None), ("since", None), ("until__gte", models.F("since")), _connector="OR"
                ),
                name="a_tie_ends_after_it_starts",
            ),
        ),
    ]
