"""The library, its edits and the workers that run them."""
