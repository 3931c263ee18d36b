"""Phones as the properties play them: what they capture, a network that loses, repeats, reorders and cuts off, and the
state of the server as a value that two deliveries can be compared by."""

import dataclasses
from dataclasses import dataclass, field

from counterpoint.foundation.api import DomainError, scoped
from counterpoint.primitives import checklists
from counterpoint.primitives.checklists.models import Answer, AnswerEntry, Evidence, Round, SyncItem, Upload
from counterpoint.primitives.checklists.tests.world import digest_of, picture, sent

DONE = ("applied", "held", "quarantined")
ITEMS = {
    "clean": ("yes", "no", "na"),
    "warmth": (17, 21, 30),
    "light": ("all", "some"),
    "extinguisher": ("2027-01-01",),
}


@dataclass
class Message:
    """Something on its way: an item of a phone, or a picture by its number."""

    device: str
    item: object = None
    photo: int | None = None


def story(random, *, devices=3, rounds=2, answers=4):
    """What some phones capture in a morning: rounds begun offline, answers and corrections, pictures, submissions.

    Every round is submitted by the phone that began it, once it knows of all answers.
    """
    told, clock = [], {f"phone-{n}": 0 for n in range(devices)}
    names = sorted(clock)

    def tick(device, seen=0):
        clock[device] = max(clock[device], seen) + 1
        return clock[device]

    def tell(device, seq, key, **body):
        told.append(Message(device, sent(seq, key, **body)))

    for number in range(rounds):
        owner, ref, keys, top = random.choice(names), f"round-{number}", [], 0
        tell(owner, tick(owner), f"{ref}-start", kind="start", round=ref, checklist="probe.walk", version=1, asset="")
        plan = [(item, random.choice(values), []) for item, values in ITEMS.items()]
        photo = random.randint(0, 3)
        told.append(Message(owner, photo=photo))
        plan.append(("exit", "", [digest_of(picture(photo))]))
        plan += [(item, random.choice(ITEMS[item]), []) for item in random.choices(sorted(ITEMS), k=answers)]
        current = {}
        for step, (item, value, files) in enumerate(plan):
            device = owner if step < len(ITEMS) + 1 else random.choice(names)
            knows = random.random() < 0.5
            seq, key = tick(device, top if knows else 0), f"{ref}-{step}"
            top = max(top, seq)
            base = current.get(item, "") if knows else ""
            tell(device, seq, key, kind="answer", round=ref, item=item, value=value, files=files, base=base)
            current[item] = key
            keys.append(key)
        if random.random() < 0.7:
            seq = tick(owner, top)
            tell(owner, seq, f"{ref}-submit", kind="submit", round=ref, answers=keys, files=[digest_of(picture(photo))])
    return told


def rough(random, told, most=3):
    """The same messages as a bad network brings them: repeated, out of order, some copies cut off on the way."""
    copies = [message for message in told for _ in range(random.randint(1, most))]
    copies += [cut(random, message) for message in told if random.random() < 0.3]
    random.shuffle(copies)
    return copies


def cut(random, message):
    """A copy that lost its end."""
    if message.item is None:
        return dataclasses.replace(message, device="cut")
    text = message.item.text[: random.randint(0, len(message.item.text) - 1)]
    return dataclasses.replace(message, item=dataclasses.replace(message.item, text=text))


def deliver(world, messages, at=lambda message: ""):
    """Bring messages one by one."""
    for message in messages:
        if message.item is not None:
            world.sync(dataclasses.replace(message.item, at=at(message)), device=message.device)
        elif message.device == "cut":
            try:
                world.photo(message.photo, digest="0" * 64)
            except checklists.Damaged:
                continue
        else:
            world.photo(message.photo)


def state(world):
    """All that the server knows of rounds, without the ids that it made up and the instants it received things at."""
    with scoped(world.bank.scope("Hana")):
        rows = {one.pk: one for one in Round.objects.filter(org_unit=world.branch)}
        return {
            "rounds": {
                one.key or one.slot: (one.state, one.percent, one.passed, str(one.result.get("items")))
                for one in rows.values()
            },
            "answers": sorted(
                (rows[a.round_id].key, a.item, str(a.value), str(sorted(a.files)), a.entry, a.contested)
                for a in Answer.objects.filter(org_unit=world.branch)
            ),
            "entries": sorted(
                (rows[e.round_id].key, e.item, e.key, e.device, e.seq, str(e.value))
                for e in AnswerEntry.objects.filter(org_unit=world.branch)
            ),
            "evidence": sorted(
                (rows[e.round_id].key, e.item, e.digest) for e in Evidence.objects.filter(org_unit=world.branch)
            ),
            "uploads": sorted(u.digest for u in Upload.objects.filter(org_unit=world.branch)),
            "items": sorted(
                (i.device, i.key, i.digest, i.state, i.reason) for i in SyncItem.objects.filter(org_unit=world.branch)
            ),
            "cases": sorted(
                (rows[pk].key, slug)
                for pk, slug in ((key.split(":")[1], key.split(":")[2]) for key in world.opened)
                for pk in [next(p for p in rows if str(p) == pk)]
            ),
        }


@dataclass
class Phone:
    """The phone's side of the protocol, as the app in the browser keeps it."""

    world: object
    device: str
    outbox: list = field(default_factory=list)
    photos: dict = field(default_factory=dict)
    captured: list = field(default_factory=list)
    settled: dict = field(default_factory=dict)
    mine: dict = field(default_factory=dict)
    known: dict = field(default_factory=dict)
    version: int = -1
    seq: int = 0

    def capture(self, **body):
        """An item is in the outbox before anything else happens."""
        self.seq += 1
        item = sent(self.seq, f"{self.device}-{self.seq}", **body)
        self.outbox.append(item)
        self.captured.append(item)
        if body["kind"] == "answer":
            self.mine[body["round"], body["item"]] = (item.key, item.seq, body["value"])
        return item.key

    def shoot(self, number):
        """A picture is kept until the server names its hash."""
        content = picture(number)
        self.photos[digest_of(content)] = number
        return digest_of(content)

    def send(self, network):
        """Photos first, then items; only a receipt that names the hash lets go of a copy."""
        for digest, number in list(self.photos.items()):
            answer = network(lambda number=number, digest=digest: self.world.photo(number, digest=digest))
            if answer == digest:
                del self.photos[digest]
        batch = network.mangle(list(self.outbox))
        answer = network(lambda: self.world.sync(*batch, device=self.device)) if batch else None
        for receipt in answer.receipts if answer else ():
            mine = next((one for one in self.outbox if one.key == receipt.key), None)
            if mine and receipt.hash == mine.hash and receipt.state in DONE:
                self.outbox.remove(mine)
                self.settled[mine.key] = (receipt.state, receipt.reason)
                if receipt.state == "quarantined":
                    self.mine = {place: own for place, own in self.mine.items() if own[0] != mine.key}

    def pull(self, network):
        """Work is taken over whole and never goes back in time."""
        world = self.world
        found = network(
            lambda: checklists.work(scope=world.scope, org_unit=world.branch, now=world.now, language="zh-hans")
        )
        if found and found["version"] >= self.version:
            self.known = {one["key"] or one["id"]: one for one in found["rounds"]}
            self.version, self.seq = found["version"], max(self.seq, found["seq"])
            for (ref, item), (key, seq, _value) in list(self.mine.items()):
                held = self.known.get(ref, {}).get("answers", {}).get(item, {})
                if held.get("entry") == key or held.get("seq", 0) > seq:
                    del self.mine[ref, item]

    def shown(self, ref, item):
        """What the person sees: the own answer until the server's state knows of it or of a later one."""
        if (ref, item) in self.mine:
            return self.mine[ref, item][2]
        return self.known.get(ref, {}).get("answers", {}).get(item, {}).get("value")


class Network:
    """Loses requests, loses answers, repeats requests, reorders and cuts items, as `random` says."""

    def __init__(self, random, loss=0.3):
        self.random, self.loss, self.log = random, loss, []

    def __call__(self, request):
        if self.random.random() < self.loss:
            return None
        for _ in range(self.random.choice([1, 1, 2, 3])):
            try:
                answer = request()
            except DomainError:
                answer = None
        return None if self.random.random() < self.loss else answer

    def mangle(self, items):
        self.random.shuffle(items)
        kept = [one for one in items if self.random.random() > self.loss / 2]
        kept += [one for one in kept if self.random.random() < self.loss / 2]
        return [
            dataclasses.replace(one, text=one.text[: len(one.text) // 2])
            if self.random.random() < self.loss / 3
            else one
            for one in kept
        ]


class Quiet:
    """The network on a good day."""

    def __call__(self, request):
        return request()

    def mangle(self, items):
        return items
