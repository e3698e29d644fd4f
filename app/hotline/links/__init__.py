"""Tickets about the same fact are handled together, and every citizen keeps callback and rating."""
