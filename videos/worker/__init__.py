"""Execution: claiming tasks, running attempts, publishing results, maintenance."""
