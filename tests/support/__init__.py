"""What several tests need: graphs, courses, servers, second processes, a browser's page."""
