"""Likely duplicates: what an entity declares, how they are found, and the keys kept for it."""
