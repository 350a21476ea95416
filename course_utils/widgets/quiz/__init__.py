"""The question card."""
