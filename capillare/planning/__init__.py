"""What the network should be: targets, gaps, sites, plans."""
