"""Tests in a real JupyterLab; a package, because they share it."""
