"""Running ffmpeg and other child processes: command lines, limits, progress, how they ended."""
