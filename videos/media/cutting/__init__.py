"""Cutting: what of a film can be copied, what must be encoded, and the one file made of both."""
