"""The day of the staff in the plain reference; mixed into ``reference.Branch``."""

from __future__ import annotations

from counterpoint.science.twin.tests.reference_things import NEVER, Worker


class Duties:
    """Shifts, breaks, posts and tasks."""

    def next_duty(self, worker: Worker) -> tuple[float, str]:
        if worker.state == "off":
            return (max(self.now, worker.shifts[0][0]), "start") if worker.shifts else (NEVER, "")
        if "leave" in worker.wants:
            return NEVER, ""
        options = [(max(self.now, worker.shifts[0][1]), "end")]
        if worker.state == "break":
            options.append((worker.back, "return"))
        elif "break" not in worker.wants and worker.breaks:
            options.append((max(self.now, min(worker.breaks)[0]), "rest"))
        return min(options, key=lambda option: (option[0], option[1] != "end"))

    def duty(self, worker: Worker) -> None:
        what = self.next_duty(worker)[1]
        if what in ("start", "return"):
            worker.state = "on"
            self.say("shift_start" if what == "start" else "break_end", None, worker.post, worker)
            self.sit(worker)
        elif what == "rest":
            start, minutes = min(worker.breaks)
            worker.breaks.remove((start, minutes))
            self.rest(worker, minutes)
        elif worker.visitor is not None:
            self.want(worker, "leave")
        else:
            self.go_home(worker)

    def want(self, worker: Worker, wish: str) -> None:
        worker.wants.add(wish)

    def rest(self, worker: Worker, minutes: float) -> None:
        worker.break_minutes = minutes
        if worker.visitor is not None:
            self.want(worker, "break")
        else:
            self.begin_break(worker)

    def begin_break(self, worker: Worker) -> None:
        worker.state, worker.back, worker.wants = "break", self.now + worker.break_minutes, set()
        self.say("break_start", None, worker.at, worker)
        if worker.partner is not None:
            self.join(worker)
        self.stand_up(worker)

    def join(self, worker: Worker) -> None:
        other = worker.partner
        if other.state != "break":
            worker.back = NEVER
            return
        worker.partner = other.partner = None
        other.back = worker.back
        self.say("task_start", None, other.number, worker)

    def drop_task(self, worker: Worker) -> None:
        other = worker.partner
        if other is None:
            return
        worker.partner = other.partner = None
        if other.state == "break":
            other.back = self.now
        else:
            other.wants.discard("break")

    def go_home(self, worker: Worker) -> None:
        worker.state, worker.wants = "off", set()
        worker.shifts.pop(0)
        self.say("shift_end", None, worker.at, worker)
        self.drop_task(worker)
        self.stand_up(worker)

    def sit(self, worker: Worker) -> None:
        if worker.post == "lobby":
            worker.at = "lobby"
            self.say("post", None, "lobby", worker)
            self.greet_next(worker)
        elif worker.post == "desk":
            worker.at = "desk"
            self.say("post", None, "desk", worker)
            self.help_next(worker, "desk")
        elif worker.post is not None and worker.post.person is None:
            desk = worker.at = worker.post
            desk.person = worker
            if desk.open:
                desk.idle_since = self.now
            self.say("post", None, desk, worker)
            self.try_desk(desk)

    def greet_next(self, worker: Worker) -> None:
        if not self.help_next(worker, "lobby") and self.greeting:
            visitor = self.greeting[0]
            self.step_out(visitor)
            self.greet(worker, visitor)

    def stand_up(self, worker: Worker) -> None:
        at, worker.at = worker.at, None
        if at == "lobby":
            if not any(w.at == "lobby" for w in self.workers):
                for place in self.asking("lobby"):
                    self.alone(place)
                while self.greeting:
                    visitor = self.greeting[0]
                    self.step_out(visitor)
                    self.route(visitor, guided=False)
        elif at == "desk":
            if not any(w.at == "desk" for w in self.workers):
                for place in self.asking("desk"):
                    self.alone(place)
        elif at is not None:
            at.person = None
            for other in self.workers:
                if other is not worker and other.state == "on" and other.at is None and other.post is at:
                    self.sit(other)
                    return

    def after(self, worker: Worker) -> None:
        at = worker.at
        if not worker.wants:
            if at == "lobby":
                self.greet_next(worker)
            elif at == "desk":
                self.help_next(worker, "desk")
            else:
                self.try_desk(at)
        elif "leave" in worker.wants:
            late = self.model.stay_after_close and self.model.calling == "auto" and self.now >= self.model.close_minute
            stays = late and at not in ("lobby", "desk") and at.open
            if not (stays and self.call(at, at.services & worker.skills)):
                self.go_home(worker)
        elif "break" in worker.wants:
            self.begin_break(worker)
        else:
            worker.wants = set()
            self.stand_up(worker)
            self.sit(worker)
