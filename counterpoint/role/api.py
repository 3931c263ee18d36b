"""The door of chapter 1: what services the branch offers and what it promises."""

from counterpoint.role.services import SKILLS, ServiceType, Tier, service_types, tiers

__all__ = ["SKILLS", "ServiceType", "Tier", "service_types", "tiers"]
