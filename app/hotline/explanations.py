"""A deadline can be explained: the start, the amount, the pack's row, every step and every pause."""
