"""Indexes for the questions that are asked of the whole trail: newest, by person, by kind, what was opened."""

from django.db import migrations

# Newest first by (at, id): the months are read in their order, and only as many as the page needs.
INDEXES = {
    "history_by_time": "(at, id)",
    "history_of_an_actor": "(actor_id, at, id)",
    "history_of_a_kind": "(root_entity, at, id)",
    "history_on_behalf_of": "(on_behalf_of, at, id) WHERE on_behalf_of IS NOT NULL",
    "history_of_a_part": "(actor_name, at, id) WHERE actor_id IS NULL",
    "history_of_what_was_opened": "(at, id) WHERE kind = 'O'",
}


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_seal_ranges")]

    operations = [
        migrations.RunSQL(f"CREATE INDEX {name} ON history {what}", f"DROP INDEX {name}")
        for name, what in INDEXES.items()
    ]
