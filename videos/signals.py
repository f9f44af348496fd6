"""What the rest of the house may listen to."""

from django.dispatch import Signal

# Sent after the commit that changed a row; the keyword (`task`, `upload`, `video`) is the row as
# committed.
task_changed = Signal()
upload_changed = Signal()
video_changed = Signal()
