"""Remembers and serves: everything between the pure rules and the command line."""
