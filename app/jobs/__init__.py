"""The frame for work between requests: tick looks what is due, relay hands it to RQ, workers do it; the database holds the truth."""
