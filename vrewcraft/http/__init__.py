"""HTTP for the whole site: body limits, Django's handler, middleware, error pages."""
