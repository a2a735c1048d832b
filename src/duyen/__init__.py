"""Duyên, a customer-relationship system for Vietnamese companies."""

__version__ = "0.1.0"
