"""ipywidgets views, and no rule about scores or resuming."""
