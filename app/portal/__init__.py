"""The citizen's own pages: say it once, follow it by code, without an account and without scripts."""
