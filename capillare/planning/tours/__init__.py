"""Mobile tours: which places vans visit, how often, when, and along which roads."""
