"""What the rest of the house may listen to."""

from django.dispatch import Signal

# Sent after the commit that changed a Task; keyword `task` is the row as committed.
task_changed = Signal()
