"""Reads of the hotline by one case: one trip, no lock, and what may not be seen is absent."""
