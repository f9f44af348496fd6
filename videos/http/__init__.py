"""Answers over HTTP: errors, files, ranges."""
