"""A list is one statement: filtered by an index, bounded by the visibility predicate, paged by key, aggregated in the database."""
