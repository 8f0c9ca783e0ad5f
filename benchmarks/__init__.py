"""Measurements: never tests, always ratios against a peer on the same work in the same run."""
