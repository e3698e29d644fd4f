"""What may happen: definitions, and the one function that decides; pure, knows nothing of the application."""
