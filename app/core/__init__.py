"""The case engine on PostgreSQL. Knows cases, not tickets."""
