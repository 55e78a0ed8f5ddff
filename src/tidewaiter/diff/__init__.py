"""What differs between two moments: two days, two days of knowledge, or the law and a scenario."""
