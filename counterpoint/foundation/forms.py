"""Forms of signing in and of the own account."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from counterpoint.foundation import clock, signin
from counterpoint.foundation.ratelimit import TooMany


class SignInForm(forms.Form):
    """Staff number and password."""

    staff_no = forms.CharField(label=_("Staff number"), max_length=32)
    password = forms.CharField(label=_("Password"), widget=forms.PasswordInput, max_length=256)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["staff_no"].widget.attrs |= {
            "autocomplete": "username",
            "autofocus": True,
            "autocapitalize": "none",
        }
        self.fields["password"].widget.attrs |= {"autocomplete": "current-password"}


class CodeForm(forms.Form):
    """A six-digit code of the authenticator."""

    code = forms.CharField(label=_("Code from the authenticator"), min_length=6, max_length=8)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}


class PasswordForm(forms.Form):
    """Change of the own password; the present one is asked first."""

    present = forms.CharField(label=_("Present password"), widget=forms.PasswordInput, max_length=256)
    new = forms.CharField(label=_("New password"), widget=forms.PasswordInput, max_length=256)
    again = forms.CharField(label=_("New password again"), widget=forms.PasswordInput, max_length=256)

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_present(self) -> str:
        """The present password must fit."""
        present = str(self.cleaned_data["present"])
        try:
            fits = signin.check_present(user=self.user, password=present, now=clock.SystemClock().now())
        except TooMany as refused:
            raise ValidationError(refused.message) from refused
        if not fits:
            raise ValidationError(_("The present password is wrong."))
        return present

    def clean_new(self) -> str:
        """Long enough, not common, not like the name."""
        new = str(self.cleaned_data["new"])
        validate_password(new, self.user)
        return new

    def clean(self) -> dict[str, Any]:
        """Both entries must be equal."""
        data = super().clean() or {}
        if data.get("new") and data.get("again") and data["new"] != data["again"]:
            self.add_error("again", _("The two new passwords differ."))
        return data
