"""The knowledge base: what is answered, by whom it is kept right, and what rests on it."""
