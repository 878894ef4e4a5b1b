"""Conformance suite for Python web serving: WSGI, ASGI, HTTP/1.1 and WebSocket.

Guests import this package inside the servers under test, so it imports nothing.
"""
