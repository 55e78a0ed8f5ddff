"""Measurements, never assertions on time: run with ``make bench``."""
