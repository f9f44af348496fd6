"""Commands of manage.py for the whole site."""
