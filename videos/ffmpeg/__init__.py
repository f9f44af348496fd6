"""Everything that touches ffmpeg and PyAV. Plain Python: no Django, no import from the project."""
