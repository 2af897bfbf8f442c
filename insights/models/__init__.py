"""What reports read besides the rows of other apps."""

from .day import Day, RollUpState

__all__ = ["Day", "RollUpState"]
