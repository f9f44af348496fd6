"""What an administrator watches the site by: health, metrics, log lines."""
