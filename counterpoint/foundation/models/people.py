"""People, their posts, and the attempts to become one of them."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from counterpoint.foundation.ids import new_id
from counterpoint.foundation.scoped_models import ScopedModel


class UserManager(BaseUserManager):
    """Creates people; there is no superuser."""

    def create_user(self, staff_no: str, name: str, password: str | None = None, **fields: object) -> "User":
        """A person with a usable password only when one is given."""
        user = User(staff_no=staff_no, name=name, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person of the bank. What they may do comes from posts, never from flags here."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    staff_no = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=60)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=10, default="zh-hans")
    totp_secret = models.CharField(max_length=255, blank=True)
    totp_last_step = models.BigIntegerField(default=0)
    session_epoch = models.PositiveIntegerField(default=0)
    feed_token = models.CharField(max_length=64, blank=True, db_index=True)
    puppet = models.BooleanField(default=False, db_default=False)  # a made-up colleague in practice worlds; no sign-in

    objects = UserManager()

    USERNAME_FIELD = "staff_no"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(puppet=False) | models.Q(password__startswith="!"),  # noqa: S106
                name="a_puppet_cannot_sign_in",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_session_auth_hash(self) -> str:
        """Changes with the password and with every revocation of sessions."""
        return f"{super().get_session_auth_hash()}{self.session_epoch}"


class Post(ScopedModel):
    """Who holds which role where, from when to when (business dates, end exclusive)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="posts")
    role = models.SlugField(max_length=32)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["user__name"]
        constraints = [
            models.UniqueConstraint(fields=["org_unit", "user", "role", "since"], name="post_once"),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gt=models.F("since")), name="post_runs_forward"
            ),
        ]


class RateBucket(models.Model):
    """How often something was tried in the current window; counted before the work, under the row lock."""

    key = models.CharField(max_length=160, primary_key=True)
    window_start = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)


class DeviceKey(ScopedModel):
    """An enrolled machine (kiosk, screen, vendor's queue system): a hashed bearer token with its verbs."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=60)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    verbs = models.JSONField(default=list)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)

    class Meta(ScopedModel.Meta):
        abstract = False
        ordering = ["name"]
