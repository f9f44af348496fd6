"""Rows as JSON, as the API and the live protocol send them."""
