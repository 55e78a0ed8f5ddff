"""One line: what it owes, layer by layer, and why."""
