"""What the hotline does when the outbox tells: texts become search tokens, again and again with the same result."""
