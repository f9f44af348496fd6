"""Pages, and the forms on them that work without scripts."""
