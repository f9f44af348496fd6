"""The kinds of edit. A module here that defines `OPERATION` is one; nothing else names it."""
