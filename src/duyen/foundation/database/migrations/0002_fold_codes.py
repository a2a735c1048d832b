"""Create the function that folds codes, phones and addresses of mail: what nearly always is plain ASCII.

`duyen_fold` maps each sign by a table of three hundred; of plain ASCII it only makes capitals small, one
sign apart (` becomes '), and joins runs of spaces. What holds anything else goes to it, so that the answer
is the same. In PL/pgSQL, because a function in SQL with a condition is not inlined and costs more to call
than it saves. Every name in it is qualified: a restore has no search_path.
"""

from django.db import migrations

FOLD_CODES = """
CREATE OR REPLACE FUNCTION duyen_fold_codes(text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF $1 OPERATOR(pg_catalog.~) ('[^ -_a-~]|  |^ | $' COLLATE pg_catalog."C") THEN
    RETURN public.duyen_fold($1);
  END IF;
  RETURN pg_catalog.lower($1 COLLATE pg_catalog."C");
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("database", "0001_text_functions")]

    operations = [migrations.RunSQL(FOLD_CODES, "DROP FUNCTION duyen_fold_codes(text)")]
