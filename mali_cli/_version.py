"""The version, of the package and of its data."""

__version__ = "0.2.0"
