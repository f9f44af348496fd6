"""Subtitle files of strangers: read, cleaned, written anew."""
