"""Following a server's live events in a terminal."""
