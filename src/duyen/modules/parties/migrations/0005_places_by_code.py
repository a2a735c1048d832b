"""Ward and province by their codes since 1/7/2025, and how certain the addresses are.

The old columns repeated names that stand in the addresses themselves, where the conversion finds them:
`duyen convert-addresses`, or the page of the company.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("parties", "0004_keep_completeness")]

    operations = [
        migrations.AddField("party", "ward_code", models.CharField(default="", max_length=5)),
        migrations.AddField("party", "province_code", models.CharField(default="", max_length=2)),
        migrations.AddField("party", "address_status", models.CharField(default="", max_length=12)),
        migrations.RemoveIndex(model_name="party", name="parties_by_class"),
        migrations.RemoveField("party", "ward"),
        migrations.RemoveField("party", "province"),
    ]
