"""Commands of manage.py: each module is one, by its name."""
