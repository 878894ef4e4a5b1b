"""The liars, one module for each kind of lie; `compliance.reference.liar` finds them by name."""
