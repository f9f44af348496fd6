"""Live delivery: WebSockets, the hub that feeds them, and a client for the terminal."""
