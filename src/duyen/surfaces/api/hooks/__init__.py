"""Webhooks at work: what is put down when something is written, what is said of it, and who sends it."""
