"""Real services and a real VrewCraft, started as processes of their own for tests and benches."""
