"""Django's engine for PostgreSQL, with a last step before a transaction ends."""
