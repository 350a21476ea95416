"""What has run on a thread: watched while it runs, or read from what is saved."""
