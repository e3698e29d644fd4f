"""Numbers that harass or abuse the line: restricted by one, approved by another, for a time, and never kept from being heard."""
