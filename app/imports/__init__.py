"""Files of other systems enter here: read, mapped, planned, and replayed through the same door as everybody's requests."""
