"""A district's life on a moved clock: seeded demands and people who act through the same door as everybody else."""
