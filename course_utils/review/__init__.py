"""Paused threads and what a person may decide about them: no widgets."""
