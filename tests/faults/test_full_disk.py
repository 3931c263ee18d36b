"""F3: on a full disk nothing is acknowledged that is not kept, reading goes on, and space brings everything back."""

FILLING = """
from django.db.utils import OperationalError
from counterpoint.foundation import files
from counterpoint.foundation.models import Counter
flag, place, scope = Path(sys.argv[1]), parts.the_branch(), parts.everything()
acked, said, stored = [], set(), 0

def attempt(number):
    global stored
    try:
        parts.write(number, place, scope)
        acked.append(number)
    except OperationalError as full:
        said.add(str(full))
    try:
        with scoped(scope):
            files.store(scope=scope, org_unit=place, name="f.csv", content=b"%d" % number, now=clock.now())
        stored += 1
    except OSError as full:
        said.add(os.strerror(full.errno))

for cycle in range(3):
    for number in range(10):
        attempt(100 * cycle + number + 1)
    flag.touch()
    for number in range(10, 15):
        attempt(100 * cycle + number + 1)
    with unscoped("test"):
        readable = Counter.objects.count() == len(acked)
    flag.unlink()
found = parts.state()
answer(
    acked=len(acked), lost=len(set(acked) - set(found["rows"])), phantom=len(set(found["rows"]) - set(acked)),
    torn=found["rows"] != found["noted"], broken=found["broken"], integrity=found["integrity"], stored=stored,
    said=sorted(said), readable=readable,
)
"""


def test_a_full_disk_refuses_and_loses_nothing_and_heals(household, recorder, tmp_path):
    flag = tmp_path / "full"
    env = {"LD_PRELOAD": str(recorder), "RECORD_FOLDER": str(household.home), "DISK_FULL_WHILE": str(flag)}
    found = household.play(FILLING, flag, RECORD_FILE=str(tmp_path / "record"), **env)
    assert (found["acked"], found["stored"]) == (30, 30)
    assert found["lost"] == found["phantom"] == 0 and not found["torn"] and found["broken"] == []
    assert found["integrity"] == "ok" and found["readable"]
    assert any("full" in word for word in found["said"]) and "No space left on device" in found["said"]
