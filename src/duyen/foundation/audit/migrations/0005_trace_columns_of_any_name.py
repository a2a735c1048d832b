"""Let a traced table have columns that are called like the variables of the function that writes the trail."""

from django.db import migrations

# Columns stand behind their table's name throughout the function, so a bare name is always a variable.
VARIABLES_FIRST = """
DO $$
DECLARE
  told text := pg_get_functiondef('public.duyen_trace()'::regprocedure);
BEGIN
  IF told NOT LIKE '%#variable_conflict%' THEN
    EXECUTE regexp_replace(told, E'\\nDECLARE\\n', E'\\n#variable_conflict use_variable\\nDECLARE\\n');
  END IF;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_find_entries")]

    operations = [migrations.RunSQL(VARIABLES_FIRST, migrations.RunSQL.noop)]
