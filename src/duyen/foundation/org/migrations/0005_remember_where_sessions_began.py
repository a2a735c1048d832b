"""Tell sessions apart by browser, address and moment, and who ended one; name the steps at the door anew."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("org", "0004_search_people"),
    ]

    operations = [
        migrations.AddField(
            model_name="doorstepevent",
            name="by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="usersession",
            name="address",
            field=models.CharField(default="", max_length=45),
        ),
        migrations.AddField(
            model_name="usersession",
            name="browser",
            field=models.CharField(default="", max_length=200),
        ),
        migrations.AddField(
            model_name="usersession",
            name="seen_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="usersession",
            name="since",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="doorstepevent",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("TRIED", "TRIED"),
                    ("WRONG", "WRONG"),
                    ("GOOD", "GOOD"),
                    ("HALF", "HALF"),
                    ("REFUSED", "REFUSED"),
                ],
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="doorstepevent",
            name="what",
            field=models.CharField(
                choices=[
                    ("SIGN_IN", "SIGN_IN"),
                    ("SIGN_OUT", "SIGN_OUT"),
                    ("SET_UP", "SET_UP"),
                    ("ASK_RESET", "ASK_RESET"),
                    ("USE_LINK", "USE_LINK"),
                    ("CODE", "CODE"),
                    ("CONFIRM", "CONFIRM"),
                    ("ENDED", "ENDED"),
                ],
                max_length=12,
            ),
        ),
    ]
