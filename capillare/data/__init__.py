"""Reference tables, policy and fitted coefficients; see README.md here."""
