"""A test in one process, the student's functions in another: only data goes between the two.

The tests' process, in short T, never runs a line of the student's code. The student's, S, runs
nothing else. They share one socket.
"""

NO_ANSWER = "Your function gave no answer"
"""So begins what a student reads whose function took too long."""
