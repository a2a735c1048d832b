"""What `duyen check` sees of the engine."""

from __future__ import annotations

import pytest
from django.db import connection

from duyen.entities.checks import check_trail, untraced_tables
from duyen.foundation.database.health import Level

pytestmark = pytest.mark.django_db


def test_finds_every_table_of_an_entity_traced_and_months_in_store() -> None:
    assert untraced_tables() == []
    assert [finding.level for finding in check_trail()] == [Level.GOOD, Level.GOOD]


def test_gives_no_write_to_a_table_that_is_not_on_the_list_of_untraced_ones() -> None:
    """Sessions, the queue, drafts and derived rows are not traced; everything else is."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
            " AND NOT relispartition AND NOT EXISTS"
            " (SELECT 1 FROM pg_trigger g JOIN pg_proc p ON p.oid = g.tgfoid"
            " WHERE g.tgrelid = pg_class.oid AND p.proname IN ('duyen_trace', 'duyen_trace_hanging'))"
        )
        untraced = {str(row[0]) for row in cursor.fetchall()}

    # Derived, passing, or written only beside what the trail tells already.
    expected = {
        "access_accessepoch",
        "access_seededentity",
        "activities_about",
        "activities_lastcontact",
        "assignments_assigned",
        "audit_follower",
        "audit_setaside",
        "audit_verification",
        "auth_group",
        "auth_group_permissions",
        "auth_permission",
        "caldav_item",
        "caldav_standing",
        "consents_contactmade",
        "consents_listednumber",
        "django_content_type",
        "django_migrations",
        "django_session",
        "entities_erasure",
        "entities_givenanswer",
        "fields_computed",
        "fields_definitionsversion",
        "fields_duevalue",
        "entities_importdraft",
        "entities_merge",
        "entities_mergedrecord",
        "entities_mergedrow",
        "entities_passingview",
        "entities_recentrecord",
        "entities_twinkey",
        "entities_wantedindex",
        "health_mark",
        "history_seal",
        "history_sealing",
        "jobs_job",
        "messaging_mail",
        "messaging_maildraft",
        "messaging_mailfile",
        "messaging_signature",
        "messaging_standing",
        "notices_notice",
        "notices_noticemail",
        "notices_preference",
        "opportunities_stay",
        "parties_partytally",
        "scoring_frozenscore",
        "retention_night",
        "scoring_learnedscore",
        "settings_counter",
        "troubles_report",
        "troubles_trouble",
        "watching_watch",
        "web_forms_entry",
        "webhooks_delivery",
        "webhooks_standing",
    }
    rest = {
        name for name in untraced - expected if not name.startswith(("procrastinate_", "org_session", "org_"))
    }
    assert rest == set()
