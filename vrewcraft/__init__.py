"""VrewCraft as a whole: settings, server, accounts."""

__version__ = "0.1.0"
