"""Many at once: sign-ins cannot slip past their limit, and writers wait for each other instead of failing."""

WORK = "from tests.faults import work\n"
GUESS = """
from counterpoint.foundation.models import User
User.objects.create_user("sun", "Sun", "the right password")
answer(**work.guess_in_parallel(40, sys.argv[1] == "sabotage"))
"""

CONTEND = """
import threading
from django.db import connections
from django.db.utils import OperationalError
if sys.argv[1] == "sabotage":
    plain = {"ENGINE": "django.db.backends.sqlite3", "OPTIONS": {"timeout": 0.2}}
    connections.settings["default"] = {**connections.settings["default"], **plain}
place, scope, failed = parts.the_branch(), parts.everything(), []

def write(first):
    for number in range(first, first + 15):
        try:
            with scoped(scope), transaction.atomic():
                JournalEntry.objects.count()
                parts.write(number, place, scope)
        except OperationalError as locked:
            failed.append(str(locked))
    connection.close()

threads = [threading.Thread(target=write, args=(100 * n,)) for n in range(1, 7)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
answer(failed=len(failed), locked=sum("locked" in f for f in failed), written=len(parts.state()["rows"]))
"""


def test_forty_parallel_guesses_get_no_more_tries_than_the_limit(household):
    assert household.play(WORK + GUESS, "as shipped")["compared"] <= 5


def test_counting_after_the_work_would_be_found(household):
    assert household.play(WORK + GUESS, "sabotage")["compared"] > 5


def test_writers_that_read_first_wait_for_each_other(household):
    assert household.play(CONTEND, "as shipped") == {"failed": 0, "locked": 0, "written": 90}


def test_without_the_writer_lock_they_would_fail(household):
    found = household.play(CONTEND, "sabotage")
    assert found["locked"] > 0 and found["written"] < 90
