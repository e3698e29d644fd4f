"""A ticket as JSON is plain dicts built from rows already read: no query, no schema object."""
