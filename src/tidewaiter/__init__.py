"""Tidewaiter: the open engine for tariffs that keep changing."""

__version__ = "0.1.0"
