"""The acts in order of time, and the days that are written ahead, as text, JSON and a calendar."""
