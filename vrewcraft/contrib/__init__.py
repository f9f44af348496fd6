"""Optional integrations: one folder each, imported only where a setting asks for it."""
