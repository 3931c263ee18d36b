"""Messages of LTI 1.3: where to send a person who comes to log in, what a launch says, and the grade that goes back.

Nobody is signed in by another system's word: a launch leads to a lesson, and whoever is signed in here says once that
the account over there is theirs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.utils.translation import gettext as _

from counterpoint.foundation.api import DomainError, fetch, read_json

CLAIM = "https://purl.imsglobal.org/spec/lti/claim"
GRADES = "https://purl.imsglobal.org/spec/lti-ags"
SCORE = f"{GRADES}/scope/score"
ALGORITHMS = ("RS256",)
LEEWAY = 60  # seconds that two clocks may differ
MOST = timedelta(hours=1)  # that a launch may be old


class Refused(DomainError):
    """The learning system's message does not hold."""

    code = "lti_refused"
    status = 400


@dataclass(frozen=True)
class Platform:
    """A learning system: who it is, what we are called there, where it answers."""

    issuer: str
    client: str
    deployment: str
    login: str
    keys: str
    token: str

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Platform:
        """From a connection's settings."""
        return cls(**{name: str(settings[name]) for name in cls.__dataclass_fields__})


@dataclass(frozen=True)
class Launch:
    """What a launch says: who over there, which lesson, where the grade goes."""

    account: str
    nonce: str
    name: str
    lesson: str
    line_item: str


def login_address(to: Platform, *, launch_url: str, state: str, nonce: str, hint: str, message: str) -> str:
    """Where a person goes to be told apart by their own system."""
    asked = {
        "scope": "openid", "response_type": "id_token", "response_mode": "form_post", "prompt": "none",
        "client_id": to.client, "redirect_uri": launch_url, "state": state, "nonce": nonce, "login_hint": hint,
    }  # fmt: skip
    asked |= {"lti_message_hint": message} if message else {}
    mark = "&" if urlsplit(to.login).query else "?"
    return f"{to.login}{mark}{urlencode(asked)}"


def launch_of(platform: Platform, token: str, keyset: Mapping[str, Any], nonce: str) -> Launch:
    """The launch that a token carries, signed by one of the platform's keys. Raises `Refused` for anything else."""
    try:
        key = jwt.PyJWKSet.from_dict(dict(keyset))[str(jwt.get_unverified_header(token).get("kid", ""))]
        told = jwt.decode(
            token, key, algorithms=list(ALGORITHMS), audience=platform.client, issuer=platform.issuer, leeway=LEEWAY,
            options={"require": ["exp", "iat", "iss", "aud", "sub", "nonce"]},
        )  # fmt: skip
    except (jwt.PyJWTError, KeyError, ValueError) as wrong:
        raise Refused(_("The message of the learning system is not signed as it should be.")) from wrong
    wanted = {"version": "1.3.0", "message_type": "LtiResourceLinkRequest", "deployment_id": platform.deployment}
    holds = all(told.get(f"{CLAIM}/{name}") == value for name, value in wanted.items())
    several = isinstance(told["aud"], list) and len(told["aud"]) > 1
    if not holds or told["nonce"] != nonce or (several and told.get("azp") != platform.client):
        raise Refused(_("The message of the learning system is meant for somebody else, or for another time."))
    grades = told.get(f"{GRADES}/claim/endpoint") or {}
    line_item = str(grades.get("lineitem", "")) if SCORE in grades.get("scope", []) else ""
    return Launch(str(told["sub"]), nonce, str(told.get("name", ""))[:120], _lesson(told), line_item)


def kid_of(token: str) -> str:
    """The name of the key that a token says it was signed with; not to be believed."""
    try:
        return str(jwt.get_unverified_header(token).get("kid", ""))
    except jwt.PyJWTError as wrong:
        raise Refused(_("The message of the learning system is not signed as it should be.")) from wrong


def _lesson(told: Mapping[str, Any]) -> str:
    custom = told.get(f"{CLAIM}/custom") or {}
    query = parse_qs(urlsplit(str(told.get(f"{CLAIM}/target_link_uri", ""))).query)
    return str(custom.get("lesson") or query.get("lesson", [""])[0])[:80]


def new_key() -> str:
    """A private key of ours for one platform, as text."""
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def public_keys(private: str, kid: str) -> dict[str, Any]:
    """The public half, as platforms read it."""
    key = serialization.load_pem_private_key(private.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    told = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    return {"keys": [told | {"kid": kid, "alg": "RS256", "use": "sig"}]}


def give_grade(
    platform: Platform, private: str, kid: str, *, line_item: str, account: str, nonce: str, now: datetime
) -> None:  # fmt: skip
    """Tell the platform that the lesson was passed. Raises `Unreachable` when it does not take it."""
    second = int(now.timestamp())
    assertion = jwt.encode(
        {"iss": platform.client, "sub": platform.client, "aud": platform.token, "iat": second, "exp": second + 300,
         "jti": nonce},
        private, algorithm="RS256", headers={"kid": kid},
    )  # fmt: skip
    form = {
        "grant_type": "client_credentials", "scope": SCORE, "client_assertion": assertion,
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    }  # fmt: skip
    answer = fetch.ask(
        platform.token, method="POST", body=urlencode(form).encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
    )  # fmt: skip
    if answer.status != 200:
        raise fetch.Unreachable(f"HTTP {answer.status}")
    score = {
        "userId": account, "scoreGiven": 1, "scoreMaximum": 1, "activityProgress": "Completed",
        "gradingProgress": "FullyGraded", "timestamp": now.isoformat(timespec="milliseconds"),
    }  # fmt: skip
    place = urlsplit(line_item)
    headers = {
        "Authorization": f"Bearer {_token(answer.body)}",
        "Content-Type": "application/vnd.ims.lis.v1.score+json",
    }
    scores = place._replace(path=f"{place.path.rstrip('/')}/scores").geturl()
    told = fetch.ask(scores, method="POST", headers=headers, body=json.dumps(score).encode())
    if told.status not in (200, 201, 202, 204):
        raise fetch.Unreachable(f"HTTP {told.status}")


def _token(body: bytes) -> str:
    try:
        return str(read_json(body)["access_token"])
    except (ValueError, KeyError, TypeError) as wrong:
        raise fetch.Unreachable("no access token") from wrong
