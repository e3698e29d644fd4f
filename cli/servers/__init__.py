"""PostgreSQL and Redis for a machine that has neither: started beside us, ended with us, never in anybody's way."""
