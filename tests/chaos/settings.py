"""The product's settings, and beside its apps one that lets processes die at a chosen point."""

from vrewcraft import settings as product

globals().update({name: getattr(product, name) for name in dir(product) if name.isupper()})
INSTALLED_APPS = [*product.INSTALLED_APPS, "tests.chaos.hooks.FaultPoints"]
