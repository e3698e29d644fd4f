"""Returning a share, deciding about it, whistling and reporting in."""
