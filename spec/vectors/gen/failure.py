"""How the reader says no."""

CLASSES = ("truncated", "corrupt", "trailing_data", "unsupported", "limit", "auth_failed", "no_key")


class Failure(Exception):
    def __init__(self, failure_class, message):
        super().__init__(f"{failure_class}: {message}")
        self.failure_class = failure_class


def require(condition, message, failure_class="corrupt"):
    if not condition:
        raise Failure(failure_class, message)


class Cursor:
    """Takes a byte string apart; never past its end."""

    def __init__(self, data, what):
        self.data, self.at, self.what = data, 0, what

    def take(self, count):
        require(count <= len(self.data) - self.at, f"{self.what} ends early", "truncated")
        self.at += count
        return self.data[self.at - count:self.at]

    def integer(self, size, signed=False):
        return int.from_bytes(self.take(size), "little", signed=signed)

    def rest(self):
        return self.take(len(self.data) - self.at)

    def finish(self):
        require(self.at == len(self.data), f"{self.what} has bytes behind its end", "trailing_data")
