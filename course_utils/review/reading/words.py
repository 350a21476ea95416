"""What is said of where a thread stands, in sentences for a person."""

UNKNOWN = (
    "Nothing is saved for thread {thread!r}. Check the thread_id, or invoke the graph on it first."
)
FINISHED = "No node of thread {thread!r} is left to run."
CRASHED = "{node} failed with {error}."
RUNS_AGAIN = "A part of the step may have happened. Run again does the step once more."
MAY_REPEAT = "A part of the step may have happened. Carry on may do it again."
KEEPS_ANSWER = "It keeps the answer it was given, and runs again with that one."
ASKS_ANEW = (
    "Answer anew drops that answer and asks the question again, on a fork of the thread. {node} "
    "begins from its start, and so does everything else that ran in this step. What they did may "
    "be done again."
)
STOPPED = "Stopped in the middle of a step: a node has run and its result is not yet in the state."
IN_THE_MIDDLE = (
    "The run stands in the middle of a step: a node has run, and its result is not yet in the "
    "state. The run goes on right now, or was cut off."
)
RUNS_TWICE = "If the run goes on, Carry on runs the nodes that follow a second time."
ANSWERED = "{node} was given an answer, and the run was cut off before it had ended."
PAUSED = "Paused before {nodes}."
NO_STOP = "Stopped before {nodes}, where this graph has no breakpoint."
UNCLEAR = (
    "The thread stands before {nodes}, and this graph has no breakpoint there. Its run goes on "
    "right now, or was cut off, or was stopped by a breakpoint that was given to the call."
)
CUT_OFF_AT = "Cut off when {nodes} was to run: it may have begun."
MAY_REPEAT_IT = "If the run has begun {nodes}, going on may do that again."
MAY_BE_LATE = (
    "If the run has begun {nodes}, going on may do that again, and a rejection may come too late."
)
ASKS = "Asked by {nodes}."
BUSY_BESIDE = (
    "In the same step {nodes} has not come to its end: its run goes on right now, or was cut off."
)
RUNS_BESIDE = "An answer may run {nodes} again."
STRANDED = (
    "Thread {thread!r} waits at a node that this graph does not have: {nodes}. The graph that "
    "began it had that node. Compile the graph with a node of this name to go on."
)
ASKS_BEFORE = "Asked before {calls} {runs}."
MAY_HAVE_HAPPENED = (
    "{reviewer} decided this on {when} ({decision}), and the run was cut off before it ended. A "
    "part of it may have happened, and going on may do that part again."
)
UNFINISHED = (
    "The decision was: {decision}. The run was cut off before it ended. Carry on finishes the run."
)
NO_JOURNAL = (
    "Waiting, or interrupted while it ran. This checkpointer's decisions are kept in this process "
    "alone, so the two cannot be told apart; if it was interrupted, approving may do it again."
)
