"""What goes wrong with a workspace, in one sentence and with what to do."""

from __future__ import annotations


class WorkspaceError(Exception):
    """Something cannot be done to a workspace; the message says why and what to do instead."""
