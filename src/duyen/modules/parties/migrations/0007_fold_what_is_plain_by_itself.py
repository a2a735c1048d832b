"""Work the search column out in two parts: the name by the table of letters, the rest by itself.

It holds what it held before. The table is written anew, with its indexes: about a minute for a million
parties, during which nobody reads them.
"""

import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("parties", "0006_index_places"), ("database", "0002_fold_codes")]

    operations = [
        migrations.RemoveIndex(model_name="party", name="parties_by_any_part"),
        migrations.RemoveField(model_name="party", name="search"),
        migrations.AddField(
            model_name="party",
            name="search",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func(
                    models.Func(models.F("name"), function="duyen_fold"),
                    models.Value(" "),
                    models.Func(
                        models.Value("|"),
                        models.F("code"),
                        models.Value(" |"),
                        models.Func(models.F("phones"), function="duyen_join"),
                        models.Value(" |"),
                        models.Func(models.F("emails"), function="duyen_join"),
                        models.Value(" |"),
                        models.F("tax_code"),
                        arg_joiner=" || ",
                        template="duyen_fold_codes(%(expressions)s)",
                    ),
                    arg_joiner=" || ",
                    template="btrim(%(expressions)s, ' ')",
                ),
                output_field=models.TextField(),
            ),
        ),
        migrations.AddIndex(
            model_name="party",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(models.F("search"), "gin_trgm_ops"),
                name="parties_by_any_part",
            ),
        ),
    ]
