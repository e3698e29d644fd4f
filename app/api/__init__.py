"""The frame that features hang their JSON doors into: it knows HTTP and people, and no feature."""
