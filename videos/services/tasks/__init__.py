"""Tasks: requested, queued, controlled, retried, estimated."""
