"""Measurements, never assertions of time: each figure stands beside a yardstick taken in the same run on the same machine."""
