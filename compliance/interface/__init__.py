"""The interfaces as data: `asgi` and `wsgi` hold the tables, `model` says how to read them."""
