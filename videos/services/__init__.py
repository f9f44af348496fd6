"""Use cases: each checks, changes and announces. Uploads may use library, library may use tasks."""
