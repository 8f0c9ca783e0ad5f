"""The only rooms that read files and packages: embedded data, our tables, official files."""
