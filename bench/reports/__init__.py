"""What a progress report costs the server while nobody watches, against an earlier commit."""
