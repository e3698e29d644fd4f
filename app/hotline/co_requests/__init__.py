"""A lead unit asks the centre for a co-unit, and is answered."""
