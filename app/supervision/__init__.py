"""Supervised matters, instructions on paper, conferences: what the centre keeps an eye on beside the ticket."""
