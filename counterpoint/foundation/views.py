"""Pages of signing in, the own account, and what every room links to: files, jobs, the journal, live streams."""

from io import BytesIO
from typing import Any
from uuid import UUID

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counterpoint.foundation import account as accounts
from counterpoint.foundation import clock, facts, files, queries, signin
from counterpoint.foundation.errors import DomainError, NotFound
from counterpoint.foundation.forms import CodeForm, PasswordForm, SignInForm
from counterpoint.foundation.middleware import chosen_key
from counterpoint.foundation.models import OrgUnit, StoredFile, User
from counterpoint.foundation.policy import allow, public, signed_in
from counterpoint.foundation.ratelimit import address_of

BACKEND = "django.contrib.auth.backends.ModelBackend"
PENDING, SECRET = "second-factor-for", "second-factor-secret"
PROOF, SINCE, PENDING_SECONDS = "second-factor-proof", "second-factor-since", 600


def safe_next(request: HttpRequest) -> str:
    """Where to go after signing in; only addresses of this server."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return target
    return reverse("role:desk")


@public("Signing in itself.")
def sign_in(request: Any) -> HttpResponse:
    """Number and password; then the second factor where it is due."""
    form = SignInForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        now = clock.SystemClock().now()  # attempts are counted in real time also when demo time races
        try:
            user = signin.check_password(**form.cleaned_data, address=address_of(request), now=now)
        except DomainError as refused:
            form.add_error(None, refused.message)
            status = refused.status
        else:
            return _passed(request, user)
    context = {"form": form, "next": safe_next(request), "demo_people": demo_people()}
    return render(request, "foundation/sign_in.html", context, status=status)


def _passed(request: Any, user: User) -> HttpResponse:
    if signin.second_factor_due(user, clock.now()):
        request.session.cycle_key()
        request.session[PENDING], request.session[PROOF] = str(user.pk), user.get_session_auth_hash()
        request.session[SINCE] = int(clock.SystemClock().now().timestamp())
        request.session["next"] = safe_next(request)
        return redirect("foundation:second-factor")
    return _enter(request, user, safe_next(request))


def _enter(request: Any, user: User, target: str) -> HttpResponse:
    login(request, user, backend=BACKEND)
    accounts.signed_in(user=user, now=clock.now())
    return redirect(target)


def _pending(request: Any) -> User | None:
    """Who has passed the first step in this session, minutes ago, and whose password is still the same."""
    waiting, session = str(request.session.get(PENDING, "")), request.session
    if not waiting or clock.SystemClock().now().timestamp() - session.get(SINCE, 0) > PENDING_SECONDS:
        return None
    user = User.objects.filter(pk=waiting, is_active=True).first()
    same = user is not None and constant_time_compare(user.get_session_auth_hash(), session.get(PROOF, ""))
    return user if same else None


@public("The second step of signing in; needs the first step's session.")
def second_factor(request: Any) -> HttpResponse:
    """Ask for the code, or enrol the authenticator the first time."""
    user = _pending(request)
    if user is None:
        return redirect("foundation:sign-in")
    form = CodeForm(request.POST or None)
    enrolling = not user.totp_secret
    secret = request.session.setdefault(SECRET, signin.new_secret()) if enrolling else ""
    if request.method == "POST" and form.is_valid():
        now, code = clock.SystemClock().now(), form.cleaned_data["code"]
        try:
            if enrolling:
                signin.enrol(user=user, secret=secret, code=code, now=now)
            else:
                signin.check_code(user=user, code=code, now=now)
        except DomainError as refused:
            form.add_error("code", refused.message)
        else:
            target = request.session.pop("next", "/")
            request.session.flush()
            return _enter(request, user, target)
    return render(request, "foundation/second_factor.html", {"form": form, "enrolling": enrolling, "secret": secret})


@public("The QR code of an enrolment under way; shows only the own session's secret.")
def second_factor_qr(request: Any) -> HttpResponse:
    """SVG of the authenticator's QR code."""
    user = _pending(request)
    secret = request.session.get(SECRET)
    if user is None or not secret:
        raise Http404
    image = BytesIO()
    segno.make(signin.provisioning_uri(user, secret)).save(image, kind="svg", scale=5)
    return HttpResponse(image.getvalue(), content_type="image/svg+xml")


@public("Leaving is always allowed.")
@require_POST
def sign_out(request: Any) -> HttpResponse:
    """End the session on the server."""
    logout(request)
    return redirect("foundation:sign-in")


@signed_in
@require_POST
def switch_branch(request: Any) -> HttpResponse:
    """Choose the branch to work at; one outside the scope does not exist."""
    code = request.POST.get("branch", "")
    if not OrgUnit.objects.filter(kind=OrgUnit.Kind.BRANCH, code=code).exists():
        raise Http404
    request.session[chosen_key(request)] = code
    return HttpResponseRedirect(safe_next(request))


@signed_in
def account(request: Any) -> HttpResponse:
    """The own account: who one is here, password, second factor, other sessions."""
    form = PasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        fresh = accounts.change_password(user=request.user, password=form.cleaned_data["new"], now=clock.now())
        update_session_auth_hash(request, fresh)
        messages.success(request, _("The password is changed. Other sessions are signed out."))
        return redirect("foundation:account")
    return render(request, "foundation/account.html", {"form": form, "posts": queries.own_posts(user=request.user)})


@allow("foundation.files.view")
def file_download(request: Any, file_id: UUID) -> FileResponse:
    """A stored file as a download; never rendered inside the product's origin."""
    row = StoredFile.objects.filter(pk=file_id).first()
    if row is None or not request.scope.may("foundation.files.view", row.org_path):
        raise Http404
    try:
        content = files.path_of(row.sha256).open("rb")
    except FileNotFoundError as lost:
        raise Http404 from lost
    answer = FileResponse(content, as_attachment=True, filename=row.name)
    answer.headers["Content-Type"] = row.media_type
    answer.headers["Content-Security-Policy"] = "sandbox"
    return answer


@allow("foundation.jobs.view")
def job_state(request: Any, job_id: UUID) -> HttpResponse:
    """State of a job for its progress bar."""
    try:
        row = queries.job(scope=request.scope, job_id=job_id)
    except NotFound as absent:
        raise Http404 from absent
    result = row.result or {}
    return JsonResponse(
        {
            "state": row.state,
            "done": round(row.progress * 100),
            "total": 100,
            "text": row.error or row.message,
            "url": result.get("url", ""),
        }
    )


@allow("foundation.journal.view")
def journal_page(request: Any) -> HttpResponse:
    """What happened here, newest first, filtered by kind, subject and day; each page knows whether the chain holds."""
    wanted = {key: request.GET.get(key, "") for key in ("kind", "subject", "day")}
    rows = queries.journal_entries(scope=request.scope, branch=request.branch, **wanted)
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "entries": queries.told(page.object_list),
        "kinds": facts.all_facts(),
        "wanted": wanted,
        "verdict": queries.chain_verdict(scope=request.scope, unit=request.branch),
    }
    return render(request, "foundation/journal.html", context)


def demo_people() -> list[dict[str, str]]:
    """Sign-in names of the demo bank, shown only by the demo profile."""
    return queries.demo_people() if settings.PROFILE == "demo" else []
