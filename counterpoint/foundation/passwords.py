"""Argon2id at OWASP's minimum (19 MiB, t=2, p=1): strong enough, and a rush of sign-ins cannot exhaust a branch PC."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class BranchArgon2Hasher(Argon2PasswordHasher):
    """Parameters for the embedded mode; raising them re-hashes at the next sign-in."""

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1
