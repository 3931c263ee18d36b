"""A learning system made of lti1p3platform, with PyLTI1p3 as second judge: learning_system.py PORT TOOL.

GET /auth answers what a browser would post to the tool (JSON), GET /judge what the second judge says of such a message,
GET /keys, POST /token, POST /items/3/scores; GET /grades what was given.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from lti1p3platform.ltiplatform import LTI1P3PlatformConfAbstract
from lti1p3platform.message_launch import LTIAdvantageMessageLaunchAbstract
from lti1p3platform.registration import Registration
from lti1p3platform.request import Request

PORT, TOOL = int(sys.argv[1]), sys.argv[2]
HERE = f"http://127.0.0.1:{PORT}"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PRIVATE = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
PUBLIC = (
    KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
)
ROLE = "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"
SCORE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
tool_keys: dict[str, str] = {}
grades: list[dict] = []


class Conf(LTI1P3PlatformConfAbstract):
    def init_platform_config(self, **_more):
        self._registration = (
            Registration().set_iss(HERE).set_launch_url(f"{TOOL}/academy/lti/launch").set_client_id("client-1")
            .set_deployment_id("d-1").set_oidc_login_url(f"{TOOL}/academy/lti/login")
            .set_platform_public_key(PUBLIC).set_platform_private_key(PRIVATE)
        )  # fmt: skip

    def get_registration_by_params(self, **_more):
        return self._registration


class Asked(Request):
    def build_metadata(self, request):
        nothing = {"form_data": {}, "headers": {}, "content_type": None, "path": "/", "json": None}
        return {"method": "GET", "get_data": request, **nothing}


class Launch(LTIAdvantageMessageLaunchAbstract):
    def render_launch_form(self, launch_data, **_more):
        return launch_data


def launch(asked):
    made = Launch(Asked(asked), Conf())
    made.set_user_data("account-7", [ROLE], full_name="Sun")
    made.set_resource_link_claim("link-1", title="Levels")
    made.set_custom_parameters_claim({"lesson": "academy.service.levels"})
    made.set_ags(f"{HERE}/items", f"{HERE}/items/3")
    return made.lti_launch()


def judged(told):
    """What PyLTI1p3 says of the same message."""
    from pylti1p3.exception import LtiException
    from pylti1p3.message_launch import MessageLaunch
    from pylti1p3.tool_config import ToolConfDict

    told_of_it = {
        "client_id": "client-1", "auth_login_url": f"{HERE}/auth", "auth_token_url": f"{HERE}/token",
        "key_set": {"keys": Conf().get_jwks()["keys"]}, "key_set_url": f"{HERE}/keys", "deployment_ids": ["d-1"],
    }  # fmt: skip
    conf = ToolConfDict({HERE: [told_of_it]})

    class Judge(MessageLaunch):
        def _get_request_param(self, key):
            return told.get(key)

    class Session:
        def get_launch_data(self, _key):
            return None

        def save_launch_data(self, *_given):
            return None

        def set_data_storage(self, _storage):
            return None

        def set_state_valid(self, *_given):
            return None

        def check_state_is_valid(self, *_given):
            return True

        def check_nonce(self, nonce):
            return nonce == told["nonce"]

    class Cookie:
        def get_cookie(self, _name):
            return told.get("state")

    made = Judge(None, conf, Session(), Cookie())
    try:
        made.validate()
    except LtiException as refused:
        return {"holds": False, "why": str(refused)}
    return {"holds": True}


class Pages(BaseHTTPRequestHandler):
    def log_message(self, *_given):
        """Quiet."""

    def say(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        at = urlsplit(self.path)
        asked = dict(parse_qsl(at.query))
        if at.path == "/auth":
            return self.say(200, launch(asked))
        if at.path == "/judge":
            return self.say(200, judged(asked))
        return self.say(200, {"/keys": Conf().get_jwks(), "/grades": grades}[at.path])

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if self.path == "/tool-keys":
            tool_keys.update(json.loads(body))
            return self.say(204, {})
        conf = Conf()
        if self.path == "/token":
            conf._registration.set_tool_key_set(tool_keys)
            return self.say(200, conf.get_access_token(dict(parse_qsl(body))))
        token = self.headers["Authorization"].removeprefix("Bearer ")
        claims = jwt.decode(token, PUBLIC, ["RS256"], options={"verify_aud": False})
        if not conf.validate_token(token, [SCORE]) or SCORE not in claims["scopes"]:
            return self.say(401, {})
        grades.append({"path": self.path, "kind": self.headers["Content-Type"], **json.loads(body)})
        return self.say(200, {})


ThreadingHTTPServer(("127.0.0.1", PORT), Pages).serve_forever()
