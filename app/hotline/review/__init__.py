"""The four gates of review: what a machine finds in a reply, shown before a person decides."""
