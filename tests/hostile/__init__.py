"""Submissions that want what they did not earn, and what comes of them."""
