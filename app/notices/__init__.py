"""Whoever has to know is told: an inbox always, SMS, mail and work chat as rules and people wish, each with its own status."""
