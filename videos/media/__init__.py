"""Media files: ffmpeg, PyAV, subtitles. Plain Python: no Django, no import from the project."""
