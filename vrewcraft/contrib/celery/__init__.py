"""Celery as the engine that wakes workers (VREWCRAFT_ENGINE=celery)."""
