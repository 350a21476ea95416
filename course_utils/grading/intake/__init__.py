"""A submission as it was handed in: read as data, its cells put back where they belong."""
