"""What mails are made of: reading any that comes in, writing those that go out. Knows no database."""
