"""Keep on each open lead whether it may be somebody known."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("leads", "0004_scores_of_leads")]

    operations = [
        migrations.AddField(
            model_name="lead", name="perhaps_known", field=models.CharField(default="", max_length=8)
        ),
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(
                condition=models.Q(("perhaps_known", "PERHAPS")),
                fields=["created_at", "id"],
                name="leads_perhaps_known",
            ),
        ),
    ]
