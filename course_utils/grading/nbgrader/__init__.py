"""The adapters: what plugs into nbgrader, and nothing else."""
