"""Callbacks (回访): calling the citizen back, his own rating, and what others have asked him."""
