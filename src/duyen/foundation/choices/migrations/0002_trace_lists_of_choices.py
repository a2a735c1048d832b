"""Put the company's lists of choices under the trail; an item is told on its list."""

from django.db import migrations

from duyen.foundation.audit.operations import TraceTable


class Migration(migrations.Migration):
    dependencies = [("choices", "0001_lists_of_choices"), ("audit", "0005_trace_columns_of_any_name")]

    operations = [
        TraceTable("choices_choicelist", entity="choice_lists"),
        TraceTable("choices_choiceitem", entity="choice_items", root=("choice_lists", "list_id")),
    ]
