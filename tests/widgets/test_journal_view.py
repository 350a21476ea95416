"""The journal as a table: what it shows, escapes and cuts."""

from bs4 import BeautifulSoup
from langgraph.checkpoint.memory import InMemorySaver

from course_utils import journal
from course_utils.review.record.entries import PauseKey
from course_utils.review.record.opening import journal_of

EVIL = "<script>alert(1)</script>"


def decided(reviewer="alice", decision=None, asked=None, outcome="done", note=""):
    saver = InMemorySaver()
    kept = journal_of(saver)
    decision = decision or [{"type": "approve"}]
    asked = asked or [{"name": "send_email", "args": {"to": "alice@example.com", "copies": 2}}]
    entries = kept.claim([(PauseKey("t", "", "c", "static"), decision, asked)], reviewer)
    if outcome:
        kept.finish(entries, outcome, note)
    return saver


def cells(view) -> list[list[str]]:
    """The words of the table, a list for each row, the time left out."""
    page = BeautifulSoup(view._repr_html_(), "html.parser")
    rows = [tr.find_all("td") for tr in page.select("tbody tr")]
    return [[td.get_text(" ", strip=True) for td in row][1:] for row in rows]


def test_a_row_tells_who_decided_what_on_which_thread_and_how_it_ended():
    reject = [{"type": "reject", "message": "wrong address"}]
    saver = decided(decision=reject, outcome="failed", note="ConnectionError: smtp down")
    (row,) = cells(journal(saver))
    assert row == [
        "alice",
        "t",
        "send_email to: alice@example.com copies: 2",
        "rejected: wrong address",
        "failed: ConnectionError: smtp down",
    ]


def test_an_edit_tells_each_argument_old_and_new_and_folds_the_lines_of_a_long_one():
    mail = {"to": "alice@example.com", "copies": 5000, "body": "Dear Alice,\nat noon?"}
    new = mail | {"copies": 5, "body": "Dear Alice,\nat one?"}
    edit = [{"type": "edit", "edited_action": {"name": "send_email", "args": new}}]
    view = journal(decided(decision=edit, asked=[{"name": "send_email", "args": mail}]))
    cell = BeautifulSoup(view._repr_html_(), "html.parser").select("td")[4]
    assert cell.get_text(" ", strip=True).startswith("edited copies: 5000 → 5 body:")
    assert cell.summary.text == "body: 1 line removed and 1 line added"
    assert [cell.select("del")[1].text, cell.select("ins")[1].text] == ["at noon?", "at one?"]


def test_a_later_attempt_is_told_with_how_it_ended():
    saver = decided(outcome="failed")
    kept = journal_of(saver)
    asked = [{"name": "send_email", "args": {}}]
    kept.finish(kept.claim([(PauseKey("t", "", "c", "static"), {}, asked)], "bob"), "done")
    assert [row[4] for row in cells(journal(saver))] == ["failed", "done, attempt 2"]


def test_the_time_is_told_in_utc_under_a_heading_that_says_so():
    saver = decided()
    page = BeautifulSoup(journal(saver)._repr_html_(), "html.parser")
    assert page.select_one("th").text == "When (UTC)"
    (entry,) = journal_of(saver).entries()
    assert page.select_one("td").text == f"{entry.claimed_at:%Y-%m-%d %H:%M:%S}"


def test_an_attempt_without_an_outcome_is_running_while_its_lock_is_held_and_then_cut_off():
    saver = decided(outcome=None)
    with journal_of(saver).lock("t"):
        during = cells(journal(saver))[0][4]
    assert (during, cells(journal(saver))[0][4]) == ("running", "cut off")


def test_everything_foreign_is_escaped():
    evil = {
        "reviewer": EVIL,
        "decision": [{"type": EVIL, "message": EVIL}],
        "asked": [{"name": EVIL, "args": {EVIL: EVIL}}],
        "note": f"{EVIL}\u202e",
    }
    view = journal(decided(**evil))
    html = view._repr_html_()
    assert "<script" not in html
    assert "\u202e" not in html + repr(view)
    assert len(cells(view)) == 1
    assert all(EVIL in cells(view)[0][column] for column in (0, 2, 3, 4)), cells(view)


def test_long_arguments_are_cut_and_their_length_is_told():
    view = journal(decided(asked=[{"name": "send_email", "args": {"body": "x" * 1_000_000}}]))
    assert len(view._repr_html_()) < 10_000
    assert "1,000,000 characters" in cells(view)[0][2]


def test_only_the_thread_or_the_reviewer_asked_for_is_shown():
    saver = decided()
    kept = journal_of(saver)
    kept.finish(kept.claim([(PauseKey("b", "", "c", "x"), 1, "name?")], "bob"), "done")
    shown = {
        "all": [row[0] for row in cells(journal(saver))],
        "b": [row[0] for row in cells(journal(saver, thread_id="b"))],
        "alice": [row[0] for row in cells(journal(saver, reviewer="alice"))],
    }
    assert shown == {"all": ["alice", "bob"], "b": ["bob"], "alice": ["alice"]}


def test_the_text_of_it_holds_nothing_that_changes_from_run_to_run():
    texts = {repr(journal(decided())) for _ in range(2)}
    assert texts == {'alice: t: send_email(to="alice@example.com", copies=2): approved: done'}


def test_an_empty_journal_says_so():
    view = journal(InMemorySaver())
    assert "nothing was decided" in view._repr_html_()
    assert "nothing was decided" in repr(view)
