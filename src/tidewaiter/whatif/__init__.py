"""A portfolio of lines under several scenarios, each line entered again in every month of arrival."""
