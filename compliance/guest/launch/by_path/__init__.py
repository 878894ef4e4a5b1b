"""Applications for servers that take the path of a file."""
