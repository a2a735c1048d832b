"""Keep beside each party what follows from its fields by the company's formulas, outside the trail."""

from django.db import migrations, models

#: The triggers as they stand with the column left out, whatever else they leave out.
LEAVE_OUT = """
DO $$
DECLARE
  found record;
BEGIN
  FOR found IN
    SELECT tgname, pg_get_triggerdef(oid) AS told FROM pg_trigger
    WHERE tgrelid = 'parties_party'::regclass AND tgfoid = 'duyen_trace()'::regprocedure
      AND pg_get_triggerdef(oid) NOT LIKE '%,derived,%'
  LOOP
    EXECUTE format('DROP TRIGGER %I ON parties_party', found.tgname);
    EXECUTE replace(found.told, '''version,', '''version,derived,');
  END LOOP;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("parties", "0008_index_the_bin")]

    operations = [
        migrations.AddField(model_name="party", name="derived", field=models.JSONField(default=dict)),
        migrations.RunSQL(LEAVE_OUT, migrations.RunSQL.noop),
    ]
