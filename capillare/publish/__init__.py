"""What leaves the program: tables, maps, metadata and the public site."""
