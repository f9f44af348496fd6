"""Users, tokens, and who may open a socket."""
