"""Whether uploads and downloads are fast, small in memory and lose no byte."""
