"""Who, how long, how urgent: decided from data, without any input or output beyond the shipped files."""
