"""Paused threads and what a person may decide about them, in five rooms and without widgets."""
