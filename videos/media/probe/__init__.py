"""Reading what a file holds: its first bytes, its packets, its streams."""
