"""Pages of those who work on tickets all day: thin views over the doors, one file a desk."""
