"""The hotline: tickets, what belongs to them, and who may do what to them."""
