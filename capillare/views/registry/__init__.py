"""The registry at work: browsed, edited, filled from lists and counts, and taken back."""
