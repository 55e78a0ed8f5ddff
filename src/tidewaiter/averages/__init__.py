"""Simple and trade-weighted averages of rates, their series over time, and the headline rate."""
