"""The open API of the house: /api/v1/, OpenAPI 3.1 at /api/v1/openapi.json. Rooms bring their routers.

Bearer token of an enrolled device; every POST carries an `Idempotency-Key`: the same key with the same body gets the
first answer again, with another body 409. Where each item of the body has a key of its own it may be left out.
"""

from inspect import getclosurevars, isfunction
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Header, NinjaAPI, Schema
from ninja.security import HttpBearer

from counterpoint.foundation import policy
from counterpoint.foundation.errors import DomainError


class OpenApi(NinjaAPI):
    """Ninja whose addresses show their policy: that of their one operation; its own description is public."""

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
    openapi_url="/openapi.json", description=__doc__ or "",
)  # fmt: skip

Key = Header(..., alias="Idempotency-Key", min_length=1, max_length=80)
FreeKey = Header("", alias="Idempotency-Key", max_length=80, description="May be left out: each item has its own key.")


class Problem(Schema):
    """Why a request was refused: a stable code and a sentence for people."""

    code: str
    message: str


@api.exception_handler(DomainError)
def refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    """A refusal of the domain: its code, its sentence, its status."""
    return api.create_response(request, {"code": error.code, "message": str(error.message)}, status=error.status)
