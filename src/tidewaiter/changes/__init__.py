"""What changed and what is scheduled: of a list of products, or of the whole law, act by act."""
