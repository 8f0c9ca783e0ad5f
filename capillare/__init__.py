"""Capillare: plan and map a region's network of Punti Digitale Facile."""

__version__ = "0.1.0"
