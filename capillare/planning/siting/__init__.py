"""Where to open next: the covering model and what it proposes."""
