"""Why a lesson cannot be checked."""


class CheckError(ValueError):
    """A lesson cannot be checked; the message names the file or the lesson, and what to do."""
