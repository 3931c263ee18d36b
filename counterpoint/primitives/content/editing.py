"""Pages to change a definition: form or YAML, preview, and the proposal."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from counterpoint.foundation.api import DomainError, NotFound, clock, policy
from counterpoint.primitives.content import actions, drafts, labels, loader, queries, registry, yaml_text
from counterpoint.primitives.content.bodies import BodyError
from counterpoint.primitives.content.drafts import Draft
from counterpoint.primitives.content.forms import HeadForm, initial
from counterpoint.primitives.content.loader import Item
from counterpoint.primitives.content.queries import Preview
from counterpoint.primitives.content.registry import ContentError, Kind
from counterpoint.primitives.content.schema_form import MOST_FIELDS, Field, Form, changed, settled
from counterpoint.primitives.content.verbs import PROPOSE
from counterpoint.primitives.content.views import bank_of, number_of, today_of

FORM, YAML = "form", "yaml"
ROWS = ("add:", "drop:", "up:")


@dataclass
class Editor:
    """What the editor shows: head, body in one of two ways, and what is said of it."""

    kind: Kind
    key: str
    head: HeadForm
    mode: str
    body: dict[str, Any] = field(default_factory=dict)
    examples: str = ""
    text: str = ""
    problems: tuple[Any, ...] = ()
    preview: Preview | None = None
    large: bool = False

    @property
    def title(self) -> str:
        """What the kind is called."""
        return labels.title_of(self.kind)

    @property
    def fields(self) -> tuple[Field, ...]:
        """The body as fields."""
        return _form(self.kind, self.problems).fields(self.body)

    @property
    def has_examples(self) -> bool:
        """Whether the kind computes worked examples."""
        return self.kind.check_example is not None

    @property
    def other_problems(self) -> list[str]:
        """What no field of the page can show."""
        shown = {*self.head.fields, *({"examples"} if self.mode == FORM and self.has_examples else ())}
        return [str(one) for one in self.problems if one.field not in shown]

    @property
    def example_problems(self) -> list[str]:
        """What is wrong with the worked examples."""
        return [one.text for one in self.problems if one.field == "examples"]


def _form(kind: Kind, problems: tuple[Any, ...] = ()) -> Form:
    by_place: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for one in problems:
        by_place[one.field] += (one.text,)
    return Form(kind.schema(), labels.words_of(kind), by_place)


@policy.allow(PROPOSE)
def edit(request: Any, kind: str, key: str) -> HttpResponse:
    """Change a definition. `?version=` begins with an older one, to bring it back."""
    bank, today = bank_of(), today_of(request)
    try:
        found = queries.definition(
            scope=request.scope, kind=kind, key=key, pack=request.GET.get("pack", loader.ANY), on=today,
            language=request.LANGUAGE_CODE, number=number_of(request),
        )  # fmt: skip
    except NotFound:
        raise Http404 from None
    if bank is None:
        raise Http404
    if request.method != "POST":
        head = HeadForm(new=False, packs=found.packs, initial=initial(found.item, today))
        return _page(request, _begun(found.kind, key, head, found.item))
    head = HeadForm(request.POST, new=False, packs=found.packs)
    return _posted(request, found.kind, key, head, bank, today)


@policy.allow(PROPOSE)
def new(request: Any, kind: str) -> HttpResponse:
    """Write a definition that does not exist yet."""
    bank, today = bank_of(), today_of(request)
    try:
        declared = registry.kind_of(kind)
    except ContentError:
        raise Http404 from None
    if bank is None:
        raise Http404
    if request.method != "POST":
        head = HeadForm(new=True, initial={"pack": loader.ANY, "mark": "D", "effective_from": today})
        return _page(request, _begun(declared, "", head, None))
    head = HeadForm(request.POST, new=True)
    return _posted(request, declared, "", head, bank, today)


def _begun(kind: Kind, key: str, head: HeadForm, item: Item | None) -> Editor:
    body = yaml_text.plain(dict(item.body)) if item else {}
    examples = yaml_text.dump(list(item.examples)) if item and item.examples else ""
    editor = Editor(kind, key, head, FORM, body, examples, drafts.body_text(item) if item else "")
    if sum(one.count for one in editor.fields) > MOST_FIELDS:
        editor.mode, editor.large = YAML, True
    return editor


def _posted(request: Any, kind: Kind, key: str, head: HeadForm, bank: Any, today: date) -> HttpResponse:
    """Rows are added and removed, form and YAML changed for each other, or the draft is shown or proposed."""
    do = request.POST.get("do", "preview")
    head.is_valid()
    editor = _read(request, kind, key, head)
    if do.startswith(ROWS):
        editor.body = changed(editor.body, do)
        return _page(request, editor, quiet=True)
    if do in {FORM, YAML}:
        return _page(request, _switched(editor, do), quiet=True)
    draft = _draft(editor, today)
    shown = queries.preview(
        scope=request.scope, draft=draft, today=today, bank=bank.path, language=request.LANGUAGE_CODE
    )
    editor.preview, editor.problems = shown, shown.judged.problems
    for problem in editor.problems:
        if problem.field in head.fields and problem.field not in head.errors:
            head.add_error(problem.field, problem.text)
    if do == "submit" and head.is_valid() and shown.judged.sound:
        try:
            row = actions.content_propose(scope=request.scope, org_unit=bank, draft=draft, now=clock.now())
        except DomainError as refused:
            head.add_error(None, refused.message)
        else:
            return _gone(request, reverse("primitives:content-proposal", args=[row.pk]))
    return _page(request, editor)


def _read(request: Any, kind: Kind, key: str, head: HeadForm) -> Editor:
    """The editor as it was sent. YAML that cannot be read stays text."""
    post = request.POST
    mode = YAML if post.get("as") == YAML else FORM
    editor = Editor(kind, key, head, mode, examples=post.get("examples", ""), text=post.get("text", ""))
    if mode == FORM:
        editor.body = _form(kind).read(post, post.getlist)
    return editor


def _switched(editor: Editor, to: str) -> Editor:
    """The same content in the other way of editing; YAML that the form would lose a part of stays where it can be
    mended."""
    if to == YAML and editor.mode == FORM:
        editor.text, editor.mode = _text(editor), YAML
    elif to == FORM and editor.mode == YAML:
        try:
            body, examples = drafts.body_of(editor.text) if editor.text.strip() else ({}, [])
            _fits(editor.kind, editor.key, body)
        except BodyError as wrong:
            editor.problems = wrong.problems
            return editor
        editor.examples = yaml_text.dump(examples) if examples else ""
        editor.body, editor.mode = yaml_text.plain(body), FORM
        if sum(one.count for one in editor.fields) > MOST_FIELDS:
            editor.mode, editor.large = YAML, True
    return editor


def _fits(kind: Kind, key: str, body: dict[str, Any]) -> None:
    """Whether the form shows all of a body. What is missing still can be filled in there. Raises `BodyError`."""
    try:
        kind.value_of(key, body)
    except BodyError as wrong:
        lost = tuple(one for one in wrong.problems if one.field and not one.fillable)
        if lost:
            raise BodyError(lost) from None
    except (ValueError, TypeError, KeyError):  # each field can be read; what is wrong is told by the preview
        return


def _text(editor: Editor) -> str:
    """YAML of the form: the body, then the examples as they were typed."""
    body = yaml_text.dump(settled(editor.body)) if editor.body else ""
    typed = editor.examples.replace("\r\n", "\n").strip()
    if not typed:
        return body
    return f"{body}examples:\n" + "\n".join(f"  {line}" for line in typed.splitlines()) + "\n"


def _draft(editor: Editor, today: date) -> Draft:
    head = editor.head.values()
    text = editor.text if editor.mode == YAML else _text(editor)
    return Draft(
        kind=editor.kind.name, key=editor.key or head["key"], text=text.replace("\r\n", "\n"), source=head["source"],
        mark=head["mark"], effective_from=head["effective_from"] or today, effective_to=head["effective_to"],
        pack=head["pack"] or loader.ANY, why=head["why"],
    )  # fmt: skip


def _gone(request: Any, url: str) -> HttpResponse:
    """To the proposal, also from a form that htmx sent."""
    if not request.htmx:
        return redirect(url)
    answer = HttpResponse(status=204)
    answer.headers["HX-Redirect"] = url
    return answer


def _page(request: Any, editor: Editor, *, quiet: bool = False) -> HttpResponse:
    """The whole page, or its form alone for htmx. `quiet`: rows were moved, what is missing is not yet told."""
    if quiet and editor.head.is_bound:
        editor.head = _unbound(editor.head)
    wrong = bool(editor.head.errors or editor.problems) and not quiet
    template = "primitives/content/parts/editor.html" if request.htmx else "primitives/content/edit.html"
    status = 422 if wrong and not request.htmx else 200
    answer = render(request, template, {"editor": editor, "today": today_of(request)}, status=status)
    if request.htmx:
        answer.headers["HX-Reswap"] = f"outerHTML show:{'#preview:top' if editor.preview else 'none'}"
    return answer


def _unbound(head: HeadForm) -> HeadForm:
    """The same words without the errors."""
    typed = {name: head.data.get(name, "") for name in head.fields}
    packs = tuple(value for value, _label in head.fields["pack"].choices)  # type: ignore[attr-defined]
    return HeadForm(new="key" in head.fields, packs=packs, initial=typed)
