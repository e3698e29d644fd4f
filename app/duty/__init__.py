"""The duty queue: dangers seen in tickets, which climb until somebody answers."""
