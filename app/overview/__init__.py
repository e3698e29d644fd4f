"""What a person's first page and the wall screen say in numbers, counted over all features and never beyond what the reader may see."""
