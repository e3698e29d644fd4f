"""The frame of pages: layout, language, errors as pages. Features hang their screens into it; it knows none of them."""
