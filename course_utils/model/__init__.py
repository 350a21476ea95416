"""The chat model of the lessons."""
