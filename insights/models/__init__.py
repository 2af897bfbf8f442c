"""What reports read besides the rows of other apps, and the weekly digest."""
