"""The mail servers of others: reading a mailbox by IMAP, handing mails over by SMTP. Knows no database."""
