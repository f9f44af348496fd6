"""How files come in."""
