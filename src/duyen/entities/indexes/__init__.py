"""Indexes that a company asks for, beside those that the product brings."""
