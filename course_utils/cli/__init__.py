"""The `hitl` command."""
