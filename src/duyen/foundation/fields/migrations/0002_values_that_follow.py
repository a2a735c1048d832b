"""Values that follow from others: kinds of field, what is still to be worked out, and what formulas call."""

from django.db import migrations, models

# Days stand in JSON as text. What is no day is none: a formula never fails, whatever stands in a row.
DAY = """
CREATE FUNCTION duyen_day(told text) RETURNS date LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN told ~ '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' THEN
    CASE WHEN substr(told, 1, 4)::integer BETWEEN 1 AND 9999 THEN
      CASE WHEN substr(told, 9, 2)::integer <= extract(day FROM
          make_date(substr(told, 1, 4)::integer, substr(told, 6, 2)::integer, 1) + interval '1 month - 1 day')
      THEN make_date(substr(told, 1, 4)::integer, substr(told, 6, 2)::integer, substr(told, 9, 2)::integer) END
    END
  END
$$
"""
# Moments stand there as UTC; here it is seven hours later all year.
DAY_HERE = """
CREATE FUNCTION duyen_day_here(told text) RETURNS date LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN told ~ '^.{10}T([01][0-9]|2[0-3]):' THEN
    duyen_day(substr(told, 1, 10)) + (CASE WHEN substr(told, 12, 2)::integer >= 17 THEN 1 ELSE 0 END) END
$$
"""
WITHIN = """
CREATE FUNCTION duyen_day_within(told date) RETURNS date LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN told BETWEEN make_date(1, 1, 1) AND make_date(9999, 12, 31) THEN told END
$$
"""
DAYS = """
CREATE FUNCTION duyen_days_between(first date, last date) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT (last - first)::numeric
$$
"""
# Whole months, counted towards the earlier day; of an end before its beginning with a minus.
MONTHS = """
CREATE FUNCTION duyen_months_between(first date, last date) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT sign(last - first)::numeric * (
    12 * (extract(year FROM greatest(first, last)) - extract(year FROM least(first, last)))
    + extract(month FROM greatest(first, last)) - extract(month FROM least(first, last))
    - CASE WHEN extract(day FROM greatest(first, last)) < extract(day FROM least(first, last)) THEN 1 ELSE 0 END)
$$
"""
# A number as people write it here: 1.234,5.
NUMBER = """
CREATE FUNCTION duyen_number_words(told numeric) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN abs(told) < 1000000000000000 THEN
    rtrim(translate(to_char(round(told, 6), 'FM999,999,999,999,990.999999'), ',.', '.,'), ',') END
$$
"""

# Who writes what follows from definitions, and who changes those, wait for each other: a row that is written by
# the old ones could otherwise appear behind the one that goes through all rows. In a function each statement
# sees what was committed while the lock was waited for.
TAKE = """
CREATE FUNCTION duyen_take_definitions() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(hashtext('derived'));
  RETURN (SELECT value FROM fields_definitionsversion);
END $$
"""
HOLD = """
CREATE FUNCTION duyen_hold_definitions() RETURNS void LANGUAGE sql VOLATILE AS $$
  SELECT pg_advisory_xact_lock(hashtext('derived'))
$$
"""


class Migration(migrations.Migration):
    dependencies = [("fields", "0001_fields_of_ones_own")]

    operations = [
        migrations.CreateModel(
            name="Computed",
            fields=[
                ("field_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("digest", models.CharField(max_length=16)),
            ],
        ),
        migrations.CreateModel(
            name="DueValue",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("field_id", models.BigIntegerField()),
                ("link", models.CharField(default="", max_length=60)),
                ("record_id", models.BigIntegerField()),
                ("last", models.BigIntegerField(default=0)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["field_id", "link", "record_id"], name="due_values_of_a_field")
                ],
            },
        ),
        migrations.AlterField(
            model_name="customfield",
            name="kind",
            field=models.CharField(
                max_length=12,
                choices=[
                    (each, each)
                    for each in (
                        *(
                            "text",
                            "long_text",
                            "whole",
                            "decimal",
                            "amount",
                            "day",
                            "moment",
                            "flag",
                            "choice",
                        ),
                        *("choices", "link", "phone", "email", "web", "formula", "rollup"),
                    )
                ],
            ),
        ),
        migrations.RunSQL(TAKE, "DROP FUNCTION duyen_take_definitions()"),
        migrations.RunSQL(HOLD, "DROP FUNCTION duyen_hold_definitions()"),
        migrations.RunSQL(DAY, "DROP FUNCTION duyen_day(text)"),
        migrations.RunSQL(DAY_HERE, "DROP FUNCTION duyen_day_here(text)"),
        migrations.RunSQL(WITHIN, "DROP FUNCTION duyen_day_within(date)"),
        migrations.RunSQL(DAYS, "DROP FUNCTION duyen_days_between(date, date)"),
        migrations.RunSQL(MONTHS, "DROP FUNCTION duyen_months_between(date, date)"),
        migrations.RunSQL(NUMBER, "DROP FUNCTION duyen_number_words(numeric)"),
    ]
