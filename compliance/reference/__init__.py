"""The reference server: small, strict, and the body of the liars. `python -m compliance.reference --help`."""
