"""The open API of the house: /api/v1/, OpenAPI 3.1 at /api/v1/openapi.json. Rooms bring their routers.

Bearer token of an enrolled device; every POST carries an `Idempotency-Key`: the same key with the same body gets the
first answer again, with another body 409. Where each item of the body has a key of its own it may be left out; a POST
that sets what shall stand (a card's column, a day's amounts) asks for none, the same again changes nothing. A key of a
region or of the bank names the branch in the header `Counterpoint-Branch`; the request then reaches that branch only.
"""

import json
from collections.abc import Callable, Iterator
from inspect import getclosurevars, isfunction
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Field, Header, NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser
from ninja.responses import NinjaJSONEncoder
from ninja.security import HttpBearer

from counterpoint.foundation import policy, schema_words
from counterpoint.foundation.errors import DomainError
from counterpoint.foundation.json_in import read_json

BRANCH_HEADER = "Counterpoint-Branch"
NAMED: dict[str, Any] = {
    "in": "header", "name": BRANCH_HEADER, "required": False, "schema": {"type": "string", "maxLength": 32},
    "description": "Code of the branch that is meant, for a key that serves several; ?branch= says the same",
}  # fmt: skip


class Reader(Parser):
    """Bodies as the house reads every message."""

    def parse_body(self, request: HttpRequest) -> Any:
        """ValueError for what is no JSON."""
        return read_json(request.body)


class OpenApi(NinjaAPI):
    """Ninja whose addresses show their policy: that of their one operation; its own description is public.

    What does not fit its schema is refused as a `Problem` in the reader's language, and every operation says so."""

    def validation_error_from_error_contexts(self, error_contexts: list[Any]) -> ValidationError:
        """The errors with their place and sentence; here, because ninja drops what was given."""
        told = []
        for context in error_contexts:
            names, source = context.model.__ninja_flatten_map_reverse__, context.model.__ninja_param_source__
            for error in context.pydantic_validation_error.errors(include_url=False):
                place = [source, *names.get(error["loc"], error["loc"])]
                told.append({"type": error["type"], "loc": place, "msg": schema_words.said(error)})
        return ValidationError(told)

    def get_openapi_schema(self, **given: Any) -> Any:
        """As ninja describes it, with the refusals that any operation may answer."""
        whole = super().get_openapi_schema(**given)
        refused = {"$ref": "#/components/schemas/Problem"}
        answer = {"description": "Refused", "content": {"application/json": {"schema": refused}}}
        for operation in (one for path in whole["paths"].values() for one in path.values()):
            operation.setdefault("parameters", []).append(NAMED)
            for status in _refusals(operation):
                operation["responses"].setdefault(status, answer)
        return whole

    def _get_urls(self) -> list[Any]:
        urls: list[Any] = super()._get_urls()
        for entry in urls:
            entry.callback.policy = self._policy(entry.callback)
        return urls

    def _policy(self, callback: Any) -> policy.Policy:
        view = getclosurevars(callback).nonlocals.get("self") if isfunction(callback) else None
        if view is None:
            return policy.Policy("public", why="The description of the open API holds no data.")
        (found,) = {operation.view_func.policy for operation in view.operations}
        return found


class DeviceToken(HttpBearer):
    """The device that the middleware has recognised by its bearer token."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """The device's key row, or None for an unknown, revoked or expired token."""
        return getattr(request, "device", None)


api = OpenApi(
    title="Counterpoint open API", version="1", urls_namespace="open-api", auth=DeviceToken(), docs_url=None,
    parser=Reader(), openapi_url="/openapi.json", description=__doc__ or "",
)  # fmt: skip

Key = Header(..., alias="Idempotency-Key", min_length=1, max_length=80)
FreeKey = Header("", alias="Idempotency-Key", max_length=80, description="May be left out: each item has its own key.")


def own_key(request: Any, key: str) -> str:
    """An idempotency key as this caller's: two systems of one branch may both count from 1."""
    return f"{request.scope.actor}:{key}"


def remembered(answers: dict[str, bytes], name: str, make: Callable[[], Any]) -> HttpResponse:
    """The answer that was made of a value which does not change, made once: `answers` lives with that value. What
    `make` gives fits the operation's schema and is not checked again."""
    body = answers.get(name)
    if body is None:
        body = answers[name] = json.dumps(make(), cls=NinjaJSONEncoder).encode()
    return HttpResponse(body, content_type=api.get_content_type())


class FieldProblem(Schema):
    """A field that does not fit the schema: the kind of error, its place, a sentence for people."""

    type: str = Field(examples=["missing", "int_parsing"])
    loc: list[str | int] = Field(examples=[["body", "body", "service"]])
    msg: str


class Problem(Schema):
    """Why a request was refused: a stable code and a sentence for people, in the language of the request."""

    code: str
    message: str
    detail: list[FieldProblem] = Field([], description="Every field that does not fit the schema")


@api.exception_handler(DomainError)
def refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    """A refusal of the domain: its code, its sentence, its status."""
    return _problem(request, error.status, error.code, str(error.message))


@api.exception_handler(ValidationError)
def misfit(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A message that does not fit its schema."""
    return _problem(request, 422, "invalid", _summary(error.errors), detail=error.errors)


@api.exception_handler(HttpError)
def unread(request: HttpRequest, error: HttpError) -> HttpResponse:
    """No token that is known, or a body that is no JSON."""
    if isinstance(error, AuthenticationError):
        return _problem(request, error.status_code, "unauthorized", _("A valid token of an enrolled device is needed."))
    return _problem(request, error.status_code, "unreadable", _("The message is no JSON."))


@api.exception_handler(Http404)
def absent(request: HttpRequest, _error: Http404) -> HttpResponse:
    """Nothing there for this caller, or nothing that its token may do."""
    return _problem(request, 404, "not_found", _("There is nothing here that this token may use."))


def _problem(request: HttpRequest, status: int, code: str, message: str, **more: Any) -> HttpResponse:
    return api.create_response(request, {"code": code, "message": message, **more}, status=status)


def _summary(errors: list[dict[str, Any]]) -> str:
    """The first wrong field, and how many more there are."""
    first, *others = errors
    place = first["loc"][1:] if len(first["loc"]) < 3 or first["loc"][0] != "body" else first["loc"][2:]
    told = _("%(field)s: %(text)s") % {"field": ".".join(map(str, place)), "text": first["msg"]}
    if not others:
        return told
    return _("%(first)s (and %(count)s more)") % {"first": told, "count": len(others)}


def _refusals(operation: dict[str, Any]) -> Iterator[int]:
    """401, 404 and 422 (of a branch that is not named) from every operation, 400 where a body is sent."""
    yield from (401, 404, 422)
    if "requestBody" in operation:
        yield 400
