"""The library's files by their keys, and the folders that work is done in."""
