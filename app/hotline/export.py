"""An export shows what its account may see, masked, and no cell of it can become a formula."""
