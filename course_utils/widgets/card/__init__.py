"""The approval card."""
