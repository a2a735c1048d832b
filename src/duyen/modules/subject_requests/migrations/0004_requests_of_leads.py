"""Requests of persons who are known by their leads alone."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("subject_requests", "0003_restrictions_that_were_lifted"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="subjectrequest",
            name="a_data_request_is_about_one_person",
        ),
        migrations.AddField(
            model_name="subjectrequest",
            name="lead_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddIndex(
            model_name="subjectrequest",
            index=models.Index(
                condition=Q(lead_id__isnull=False), fields=["lead_id"], name="data_requests_of_a_lead"
            ),
        ),
        migrations.AddConstraint(
            model_name="subjectrequest",
            constraint=models.CheckConstraint(
                condition=Q(customer_id=None, contact_id=None)
                | Q(customer_id=None, lead_id=None)
                | Q(contact_id=None, lead_id=None),
                name="a_data_request_is_about_one_person",
            ),
        ),
    ]
