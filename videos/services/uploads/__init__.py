"""Uploads: from the first byte to a video in the library."""
