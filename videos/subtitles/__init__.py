"""Subtitle files of strangers: read, cleaned, written anew. Plain Python without Django."""
