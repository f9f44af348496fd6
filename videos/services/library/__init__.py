"""The library: finding, deleting, subtitle files, and whether rows and files agree."""
