"""What plugs into nbgrader."""
