"""The journal: a decision is claimed once, who comes second is told who won, nothing is lost."""

from __future__ import annotations

import gc
import os
import shutil
import sqlite3
import subprocess
import sys
import weakref
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
from sqlalchemy import Engine, event

from course_utils.checkpoints import checkpoints
from course_utils.review.record.entries import AlreadyClaimedError, JournalError, PauseKey
from course_utils.review.record.opening import journal_of
from course_utils.review.record.words import row_of
from tests.support import forked
from tests.support.deciding import statements

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

    from course_utils.review.record.entries import Claim, JournalEntry
    from course_utils.review.record.journal import Journal

APPROVE = [{"type": "approve"}]
REJECT = [{"type": "reject", "message": "wrong address"}]
MAIL = [{"name": "send_email", "args": {"to": "alice@example.com"}}]
SECONDS = 60
FIRST_EDITION = Path(__file__).parent / "data" / "journal_of_the_first_edition.db"
# WAL with FULL (2): a commit is on the disk before it returns.
DURABLE = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1}

CLAIMANT = """
import sys
from course_utils.checkpoints import checkpoints
from course_utils.review.record.entries import AlreadyClaimedError, PauseKey
from course_utils.review.record.opening import journal_of
from course_utils.review.record.words import row_of
from course_utils.review.record.entries import ThreadLockedError

place, me = sys.argv[1:]
with checkpoints(place) as saver:
    journal = journal_of(saver)
    print("ready", flush=True)
    for line in sys.stdin:
        key = PauseKey("t", "", line.strip(), "static")
        try:
            with journal.lock("t"):
                journal.finish(journal.claim([(key, [{"type": "approve"}], None)], me), "done")
            print("won", flush=True)
        except AlreadyClaimedError as error:
            print("lost to " + error.entry.reviewer, flush=True)
        except ThreadLockedError:
            print("lost to whoever runs", flush=True)
"""
FULL = """
import resource, sqlite3, sys
from langgraph.checkpoint.sqlite import SqliteSaver
from course_utils.review.record.entries import JournalError, PauseKey
from course_utils.review.record.opening import journal_of
from course_utils.review.record.words import row_of

journal = journal_of(SqliteSaver(sqlite3.connect(sys.argv[1])))
big = int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (big, big))
try:
    journal.claim([(PauseKey("t", "", "c", "static"), "x" * 2 * big, None)], "bob")
except JournalError as error:
    print(error)
"""


@pytest.fixture
def durable(saver: BaseCheckpointSaver[str]) -> Journal:
    return journal_of(saver)


@pytest.fixture(params=["in memory", "durable"])
def journal(request: pytest.FixtureRequest, durable: Journal) -> Journal:
    return journal_of(InMemorySaver()) if request.param == "in memory" else durable


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The file of a SQLite journal, made in a test by the first claim."""
    return tmp_path / "c.sqlite.journal"


def journal_on(file: Path) -> Journal:
    connection = sqlite3.connect(file.with_suffix(""), check_same_thread=False)
    return journal_of(SqliteSaver(connection))


def key(pause: str = "static", thread: str = "t") -> PauseKey:
    return PauseKey(thread, "", "checkpoint", pause)


def mail(pause: str = "static", thread: str = "t", decision: Any = APPROVE) -> Claim:
    return key(pause, thread), decision, MAIL


def outcomes(entries: list[JournalEntry]) -> list[tuple[str, int, str | None]]:
    return [(entry.reviewer, entry.attempt, entry.outcome) for entry in entries]


def test_what_was_claimed_and_finished_can_be_read_again(journal):
    (claimed,) = journal.claim([mail(decision=REJECT)], "alice")
    assert journal.entries() == [claimed]
    journal.finish([claimed], "done", "as asked")
    (last,) = journal.entries()
    assert (last.reviewer, last.decision, last.asked) == ("alice", REJECT, MAIL), last
    assert (last.outcome, last.note, last.attempt) == ("done", "as asked", 1), last
    assert last.claimed_at <= last.finished_at, last
    assert last.claimed_at.utcoffset().total_seconds() == 0, last.claimed_at


def test_a_pause_that_is_decided_is_refused_and_the_error_tells_who_when_and_what(journal):
    (won,) = journal.claim([mail()], "alice")
    journal.finish([won], "done")
    with pytest.raises(AlreadyClaimedError) as refused:
        journal.claim([mail(decision=REJECT)], "bob")
    assert [refused.value.entry] == journal.entries()
    when = f"{won.claimed_at:%Y-%m-%d %H:%M:%S} UTC"
    assert str(refused.value) == f"alice decided this at {when}: approve."
    assert outcomes(journal.entries()) == [("alice", 1, "done")]


@pytest.mark.parametrize("ended", ["failed", "invalid", None])
def test_what_failed_was_refused_or_cut_off_is_tried_again_as_the_next_attempt(journal, ended):
    first = journal.claim([mail()], "alice")
    if ended:
        journal.finish(first, ended)
    second = journal.claim([mail()], "bob")
    assert [entry.attempt for entry in second] == [2]
    assert outcomes(journal.entries()) == [("alice", 1, ended or "cut off"), ("bob", 2, None)]


def test_several_claims_are_recorded_all_or_none(journal):
    journal.finish(journal.claim([mail("two")], "alice"), "done")
    with pytest.raises(AlreadyClaimedError):
        journal.claim([mail("one"), mail("two"), mail("three")], "bob")
    assert outcomes(journal.entries()) == [("alice", 1, "done")]
    both = journal.claim([mail("one"), mail("three")], "bob")
    assert [entry.key.pause_id for entry in both] == ["one", "three"]


def test_the_same_pause_of_another_thread_subgraph_or_checkpoint_is_another_pause(journal):
    keys = [
        PauseKey("t", "", "c", "static"),
        PauseKey("u", "", "c", "static"),
        PauseKey("t", "inner:1", "c", "static"),
        PauseKey("t", "", "d", "static"),
        PauseKey("t", "", "c", "an interrupt"),
    ]
    for one in keys:
        journal.finish(journal.claim([(one, APPROVE, MAIL)], "alice"), "done")
    assert [entry.key for entry in journal.entries()] == keys


def test_a_key_without_a_part_is_refused_since_it_would_not_be_unique():
    with pytest.raises(TypeError, match="pause_id of a pause is text, not None"):
        PauseKey("t", "", "c", None)


def test_entries_are_found_by_thread_and_by_reviewer_oldest_first(journal):
    for thread, reviewer in [("a", "alice"), ("b", "bob"), ("a", "bob")]:
        journal.claim([mail(reviewer, thread)], reviewer)
    found = {
        "all": [entry.reviewer for entry in journal.entries()],
        "a": [entry.reviewer for entry in journal.entries("a")],
        "bob": [entry.key.thread_id for entry in journal.entries(reviewer="bob")],
        "both": len(journal.entries("b", "bob")),
        "neither": journal.entries("c"),
    }
    assert found == {
        "all": ["alice", "bob", "bob"],
        "a": ["alice", "bob"],
        "bob": ["b", "a"],
        "both": 1,
        "neither": [],
    }


def test_a_thread_is_running_while_its_lock_is_held_and_cut_off_after_that(journal):
    seen = [journal.held("t"), journal.running()]
    with journal.lock("t"):
        (entry,) = journal.claim([mail()], "alice")
        journal.claim([mail(thread="cut off")], "bob")
        seen += [journal.held("t"), journal.running()]
    seen += [journal.held("t"), journal.running()]
    assert seen == [False, set(), True, {"t"}, False, set()]
    assert journal.about("t", (), ()) == [entry], "an entry without an outcome is always told"
    journal.finish([entry], "done")
    assert journal.about("t", (), ()) == []


def test_a_reading_is_told_of_its_checkpoints_its_claims_pauses_and_what_is_unfinished(journal):
    def tried(pause: str, checkpoint: str, *outcomes: str) -> list[str]:
        claim = (PauseKey("t", "", checkpoint, pause), APPROVE, MAIL)
        made = []
        for outcome in outcomes:
            (entry,) = journal.claim([claim], "alice")
            journal.finish([entry], outcome)
            made.append(entry.id)
        return made

    tried("past", "1", "done")
    first, second = tried("carried on", "2", "failed", "failed")
    here = tried("here", "3", "invalid")
    (open_one,) = journal.claim([(PauseKey("t", "", "4", "open"), APPROVE, MAIL)], "bob")
    journal.claim([(PauseKey("another", "", "3", "here"), APPROVE, MAIL)], "carol")
    told = [entry.id for entry in journal.about("t", {"3"}, {first})]
    assert told == [first, second, *here, open_one.id]


def test_what_a_reading_asks_costs_no_more_in_a_thread_with_a_long_past(file):
    journal = journal_on(file)
    journal.claim([mail()], "alice")
    with closing(sqlite3.connect(file)) as looking:
        looking.execute(
            "INSERT INTO hitl_decisions (id, thread_id, checkpoint_ns, checkpoint_id, pause_id, "
            "attempt, reviewer, decision, asked, claimed_at, outcome, note) "
            "WITH RECURSIVE past(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM past WHERE n < 3000) "
            "SELECT 'past ' || n, 't', '', 'past ' || n, 'static', 1, 'alice', 'null', 'null', "
            "'2026-01-01 00:00:00', 'done', '' FROM past"
        )
        looking.execute("ANALYZE")
        looking.commit()
    asked = []
    with statements(journal) as sent:
        journal.about("t", {"checkpoint"}, {"past 7"})
        asked += sent
    (statement, parameters) = asked[0]
    with closing(sqlite3.connect(file)) as looking:
        plan = [row[3] for row in looking.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)]
    walked = [line for line in plan if "hitl_decisions" in line and "SEARCH" not in line]
    searched = [line for line in plan if line.startswith("SEARCH")]
    # SQLite names in brackets what it compares in the index: the thread alone would be a walk.
    alone = [line for line in searched if line.endswith("(thread_id=?)") and "_open" not in line]
    assert (walked, alone) == ([], []), plan


class Claimant:
    """A second process that claims and finishes each pause it is told."""

    def __init__(self, place: str, name: str) -> None:
        self.name = name
        pipe = subprocess.PIPE
        self.process = forked.Process("-c", CLAIMANT, place, name, stdin=pipe, stdout=pipe)

    def send(self, pause: int) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{pause}\n")
        self.process.stdin.flush()

    def hear(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()


def test_of_two_processes_that_claim_a_pause_at_once_one_wins_and_the_other_is_told(durable, place):
    rounds = 40
    both = [Claimant(place, name) for name in ("alice", "bob")]
    assert [one.hear() for one in both] == ["ready", "ready"]
    heard = []
    for number in range(rounds):
        for one in both:
            one.send(number)
        heard.append([one.hear() for one in both])
    for one in both:
        one.process.communicate(timeout=SECONDS)
    for alice, bob in heard:
        assert [alice, bob].count("won") == 1, (alice, bob)
        assert {alice, bob} - {"won"} <= {
            "lost to whoever runs",
            "lost to bob" if bob == "won" else "lost to alice",
        }, (alice, bob)
    assert {entry.outcome for entry in durable.entries()} == {"done"}
    assert len(durable.entries()) == rounds


def test_two_that_start_a_journal_at_once_both_have_it(place):
    both = [Claimant(place, name) for name in ("alice", "bob")]
    heard = [one.process.communicate("1\n", timeout=SECONDS)[0].split("\n")[1] for one in both]
    assert heard.count("won") == 1, heard


def test_of_two_who_insert_the_same_attempt_the_second_is_told_who_was_first(durable, place):
    durable.finish(durable.claim([mail("other")], "carol"), "failed")
    rivals = iter(["bob"])

    def overtake(_connection, _cursor, statement, *_: Any) -> None:
        # Between the look at the last attempt and the writing of the next.
        if statement.startswith("INSERT"):
            for rival in rivals:
                with checkpoints(place) as elsewhere:
                    journal_of(elsewhere).claim([mail()], rival)

    event.listen(durable._store._engine, "before_cursor_execute", overtake)
    try:
        with pytest.raises(AlreadyClaimedError, match="bob decided this at") as refused:
            durable.claim([mail(), mail("other")], "alice")
    finally:
        event.remove(durable._store._engine, "before_cursor_execute", overtake)
    assert refused.value.entry.key == key()
    assert outcomes(durable.entries()) == [("carol", 1, "failed"), ("bob", 1, None)]


def test_a_journal_outlives_its_checkpointer_where_that_is_kept_and_not_in_memory(place):
    with checkpoints(place) as first:
        journal_of(first).claim([mail()], "alice")
    with checkpoints(place) as second:
        assert outcomes(journal_of(second).entries()) == [("alice", 1, None)]
        assert journal_of(second).durable
    assert not journal_of(InMemorySaver()).durable


@pytest.mark.parametrize(
    "saver_in_memory",
    [InMemorySaver, lambda: SqliteSaver(sqlite3.connect(":memory:", check_same_thread=False))],
    ids=["InMemorySaver", "SqliteSaver"],
)
def test_each_checkpointer_in_memory_has_one_journal_that_ends_with_it(saver_in_memory):
    one, other = saver_in_memory(), saver_in_memory()
    journal_of(one).claim([mail()], "alice")
    assert outcomes(journal_of(one).entries()) == [("alice", 1, None)]
    assert journal_of(other).entries() == []
    gone = weakref.ref(journal_of(one))
    del one
    gc.collect()
    assert gone() is None, "the journal outlived its checkpointer"


def test_many_threads_may_use_a_journal_at_once(journal):
    def decide(number: int) -> None:
        for attempt in range(5):
            thread = f"{number} {attempt}"
            with journal.lock(thread):
                journal.finish(journal.claim([mail(thread=thread)], "alice"), "done")
                journal.running()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(decide, range(8)))
    assert outcomes(journal.entries()) == [("alice", 1, "done")] * 40


def test_erasing_a_person_deletes_what_is_finished_and_blanks_what_still_protects(journal):
    journal.finish(journal.claim([mail("1")], "alice"), "done")
    journal.finish(journal.claim([mail("2")], "bob"), "done")
    journal.claim([mail("3", decision=REJECT)], "alice")
    assert journal.erase("alice") == 2
    assert outcomes(journal.entries()) == [("bob", 1, "done"), ("", 1, None)]
    (still_open,) = journal.about("t", (), ())
    assert still_open.decision == [{"type": "reject"}], still_open
    assert journal.entries(reviewer="alice") == []
    assert journal.erase("nobody") == 0


def test_what_is_erased_is_in_none_of_the_files(file):
    journal = journal_on(file)
    secret = [{"type": "respond", "message": "my very private words"}]
    journal.finish(journal.claim([mail(decision=secret)], "alice"), "done")
    journal.claim([mail("open", decision=secret)], "alice")
    journal.erase("alice")
    held = b"".join(
        path.read_bytes() for path in file.parent.glob(f"{file.name}*") if path.is_file()
    )
    assert b"private" not in held
    assert b"alice" not in held.replace(b"alice@example.com", b"")


@pytest.mark.parametrize(
    "foreign",
    [
        "Ω'; DROP TABLE hitl_decisions; --",
        "null \0 and half \ud800",
        {"not": {"json": object}, "nan": float("nan"), "tuple": (1, 2)},
        {(1, 2): "a key that JSON has not"},
        None,
        "x" * 1_000_000,
    ],
    ids=["sql", "characters", "values", "keys", "none", "megabyte"],
)
def test_whatever_was_decided_asked_and_noted_is_kept(journal, foreign):
    reviewer = foreign if isinstance(foreign, str) else "alice"
    claimed = journal.claim([(key(), foreign, foreign)], reviewer)
    journal.finish(claimed, "failed", reviewer)
    (entry,) = journal.entries(reviewer=reviewer)
    assert (entry.decision, entry.asked) == (claimed[0].decision, claimed[0].asked)
    assert len(str(entry.decision)) >= len(str(foreign)) - 20, entry.decision


def test_a_number_that_json_lacks_is_kept_as_a_number_and_not_as_a_text(journal):
    asked = [{"name": "pay", "args": {"rate": float("nan"), "most": float("inf"), "to": "NaN"}}]
    journal.claim([(key(), [{"type": "approve"}], asked)], "alice")
    (entry,) = journal.entries()
    kept = {"rate": {"__number__": "NaN"}, "most": {"__number__": "Infinity"}, "to": "NaN"}
    assert entry.asked == [{"name": "pay", "args": kept}]
    assert row_of(entry, ())[3] == 'pay(rate=NaN, most=Infinity, to="NaN")'


def test_reading_a_journal_that_is_not_there_makes_none(file):
    journal = journal_on(file)
    assert (journal.entries(), journal.running(), journal.about("t", (), ())) == ([], set(), [])
    assert journal.erase("alice") == 0
    assert sorted(path.name for path in file.parent.iterdir()) == ["c.sqlite"]


def test_a_corrupt_journal_is_named_with_its_fix_and_left_as_it_was(file):
    file.write_bytes(b"no database at all" * 500)
    before = file.read_bytes()
    with pytest.raises(JournalError, match="not a database") as told:
        journal_on(file).claim([mail()], "alice")
    assert str(file) in str(told.value)
    assert "put back a copy" in str(told.value), told.value
    assert "away" not in str(told.value), "nobody is told to part with an audit file"
    assert file.read_bytes() == before


def test_a_journal_that_cannot_be_made_is_told_before_anything_is_claimed(file):
    file.mkdir()
    with pytest.raises(JournalError, match="can be written") as told:
        journal_on(file).claim([mail()], "alice")
    assert str(file) in str(told.value)


def test_a_lock_that_cannot_be_made_is_told_with_the_journals_name(file):
    file.with_name(f"{file.name}.locks").write_text("in the way")
    with pytest.raises(JournalError, match="can be written") as told, journal_on(file).lock("t"):
        pass
    assert str(file) in str(told.value)


def test_a_claim_is_on_the_disk_when_it_is_made_however_sqlite_was_built(file):
    found = []

    def built_without_care(connection, record):
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA secure_delete=OFF")

    def ask(connection, cursor, statement, *rest):
        if statement.lstrip().upper().startswith("INSERT"):
            one = cursor.connection
            pragmas = ("synchronous", "secure_delete")
            found.append([one.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas])

    event.listen(Engine, "connect", built_without_care)
    event.listen(Engine, "before_cursor_execute", ask)
    try:
        journal_on(file).claim([mail()], "alice")
    finally:
        event.remove(Engine, "connect", built_without_care)
        event.remove(Engine, "before_cursor_execute", ask)
    full, on = 2, 1
    assert found, "no connection was seen to write"
    assert all(one == [full, on] for one in found), found


def test_a_full_disk_is_told_and_what_was_there_stays(file):
    journal = journal_on(file)
    journal.finish(journal.claim([mail()], "alice"), "done")
    full = forked.run("-c", FULL, str(file.with_suffix("")), "200000")
    assert full.stdout.startswith(f"The journal {file}: "), full.stdout + full.stderr
    assert "Make room" in full.stdout, full.stdout
    assert outcomes(journal.entries()) == [("alice", 1, "done")]


def test_a_journal_that_was_moved_away_begins_anew(file):
    journal = journal_on(file)
    journal.claim([mail()], "alice")
    for path in list(file.parent.glob(f"{file.name}*")):
        path.rename(path.with_name(f"old-{path.name}"))
    journal.claim([mail()], "bob")
    assert outcomes(journal.entries()) == [("bob", 1, None)]


def test_a_journal_of_the_first_edition_is_brought_up_in_place_and_goes_on(file):
    shutil.copy(FIRST_EDITION, file)
    journal = journal_on(file)
    before = outcomes(journal.entries())
    assert before == [
        ("alice", 1, "done"),
        ("bob", 1, "cut off"),
        ("carol", 2, "failed"),
        ("dave", 1, None),
    ]
    assert journal.entries()[2].decision == [{"type": "respond", "message": "Zoë"}]
    with pytest.raises(AlreadyClaimedError, match="alice decided this"):
        journal.claim([mail()], "eve")
    journal.claim([(PauseKey("t", "", "2", "q"), APPROVE, MAIL)], "eve")
    assert outcomes(journal_on(file).entries()) == [*before, ("eve", 3, None)]
    assert shape(file) == shape_of_a_new_journal(file)


def shape_of_a_new_journal(file: Path) -> set[tuple[str, str]]:
    new = file.with_name("new.sqlite.journal")
    journal_on(new).claim([mail()], "alice")
    return shape(new)


def shape(file: Path) -> set[tuple[str, str]]:
    """What a journal's file is made of: tables, indexes, and its version."""
    with closing(sqlite3.connect(file)) as connection:
        version = connection.execute("SELECT 'version', version FROM hitl_journal").fetchall()
        made = connection.execute(
            "SELECT type, name FROM sqlite_master WHERE name LIKE 'hitl%'"
        ).fetchall()
    return {*made, *version}


def test_a_journal_that_a_kill_left_half_migrated_is_migrated_again(file):
    shutil.copy(FIRST_EDITION, file)
    code = (
        "import os, sqlite3, sys\n"
        "from langgraph.checkpoint.sqlite import SqliteSaver\n"
        "from course_utils.review.record import migrations, opening\n"
        "class Dies(str): pass\n"
        "steps = migrations.STEPS\n"
        "def update(table): os._exit(9)\n"
        "migrations.update = update\n"
        "opening.journal_of(SqliteSaver(sqlite3.connect(sys.argv[1]))).entries()\n"
    )
    killed = forked.run("-c", code, str(file.with_suffix("")))
    assert killed.returncode == 9, killed.stderr
    assert len(journal_on(file).entries()) == 4
    assert shape(file) == shape_of_a_new_journal(file)


def test_a_journal_of_a_newer_course_is_refused_by_name_and_left_as_it_was(file):
    journal_on(file).claim([mail()], "alice")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE hitl_journal SET version = 1000")
        connection.commit()
    with pytest.raises(JournalError, match="newer version of the course") as told:
        journal_on(file).claim([mail("2")], "bob")
    assert str(file) in str(told.value), told.value


def test_the_connection_is_made_once_and_closed_with_the_checkpointer(place):
    made = []
    with checkpoints(place) as saver:
        journal = journal_of(saver)
        event.listen(journal._store._engine, "connect", lambda *_: made.append(1))
        for number in range(20):
            journal.claim([mail(str(number))], "alice")
            journal.entries()
        assert (len(made), journal._store._engine.pool.checkedin()) == (1, 1)
    assert journal._store._engine.pool.checkedin() == 0, "a connection stayed open"


def test_a_claim_outlives_a_power_cut(file):
    journal = journal_on(file)
    with journal._store.transaction() as connection:
        kept = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in DURABLE}
    assert kept == DURABLE


def test_a_fork_makes_a_connection_of_its_own(file):
    journal = journal_on(file)
    journal.claim([mail("parent")], "alice")
    child = os.fork()
    if not child:
        journal.claim([mail("child")], "bob")
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    journal.claim([mail("after")], "alice")
    assert [entry.key.pause_id for entry in journal.entries()] == ["parent", "child", "after"]


def test_importing_the_course_does_not_load_the_database_library():
    loaded = "import sys, course_utils; print('sqlalchemy' in sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", loaded], capture_output=True, text=True, check=True
    )
    assert answer.stdout == "False\n"
