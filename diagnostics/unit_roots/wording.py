"""Sentences that the unit root tests share."""

from __future__ import annotations

__all__ = ["UNIT_ROOT_ALTERNATIVE", "UNIT_ROOT_KEPT", "UNIT_ROOT_NULL", "UNIT_ROOT_REJECTED"]

UNIT_ROOT_NULL = "every entity's series has a unit root"
UNIT_ROOT_ALTERNATIVE = "the series of some entities are stationary"
UNIT_ROOT_REJECTED = "a unit root in all series is rejected: some are stationary"
UNIT_ROOT_KEPT = "a unit root in all series is not rejected"
