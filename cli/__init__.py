"""Operates the system from a shell: one file a command group."""
