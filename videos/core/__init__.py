"""What everything else may use: errors, messages, enums, names, formatting."""
