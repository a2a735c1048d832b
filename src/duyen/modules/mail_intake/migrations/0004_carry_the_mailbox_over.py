"""Let the mailbox for leads that is there, and those that were taken out, keep what their leads have."""

import django.db.models.deletion
from django.db import migrations, models

from duyen.foundation.audit.operations import TraceTable

_TABLE = "mail_intake_intake"
_UNTRACED = "".join(f"DROP TRIGGER trace_{event} ON {_TABLE};" for event in ("insert", "update", "delete"))
#: There was one set of it for whichever mailbox was connected; without any it said nothing.
_CARRY = """
UPDATE mail_intake_intake SET mailbox_id = (
  SELECT id FROM messaging_mailbox WHERE use = 'leads' AND user_id IS NULL
  ORDER BY gone_at IS NULL DESC, gone_at DESC, id DESC LIMIT 1
);
INSERT INTO mail_intake_intake
  (version, created_at, updated_at, created_by_id, updated_by_id, source, purpose, unit_id, product_ids, mailbox_id)
SELECT 1, i.created_at, i.updated_at, i.created_by_id, i.updated_by_id, i.source, i.purpose, i.unit_id, '{}', b.id
FROM mail_intake_intake i JOIN messaging_mailbox b ON b.use = 'leads' AND b.user_id IS NULL AND b.id <> i.mailbox_id;
DELETE FROM mail_intake_intake WHERE mailbox_id IS NULL;
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [("mail_intake", "0003_several_mailboxes")]

    operations = [
        migrations.RunSQL(_UNTRACED, list(TraceTable(_TABLE, entity="lead_mailbox").sql)),
        migrations.RunSQL(_CARRY, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="intake",
            name="mailbox",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="messaging.mailbox",
            ),
        ),
        TraceTable(_TABLE, entity="lead_mailbox"),
    ]
