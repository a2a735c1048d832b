"""Calling keeps nothing of its own: what a call leaves behind stands on activities and leads."""
