"""Child processes of our own: each module prints progress as ffmpeg does."""
