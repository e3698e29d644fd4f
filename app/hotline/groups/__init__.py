"""What grows out of many tickets: a collective complaint under one main ticket, a hot issue about one subject."""
