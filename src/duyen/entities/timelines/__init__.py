"""What happened on a record and around it, newest first: one statement over all that tells of it."""
