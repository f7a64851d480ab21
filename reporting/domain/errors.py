"""What can go wrong in the business, in business words. One table (`reporting/api/errors.py`) maps these to HTTP."""

from dataclasses import dataclass


class DomainError(Exception):
    """Something a person asked for was refused; `message` is a sentence for that person."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(DomainError):
    """Absent, or not yours: both look the same from outside."""

    def __init__(self) -> None:
        super().__init__("Not found.")


class Forbidden(DomainError):
    """Your role may never do this, whatever the record."""


class NotSignedIn(DomainError):
    """No valid credentials came with the request."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One wrong field: its dotted name, a stable code, and a sentence that says what would be right."""

    field: str
    code: str
    message: str


class Refused(DomainError):
    """Input that cannot be accepted; nothing was stored. Carries one Problem for each wrong field."""

    def __init__(self, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class BadRequest(DomainError):
    """The request itself is malformed, before any field can be looked at."""

    def __init__(self, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class InProgress(DomainError):
    """The same idempotency key is being worked on right now; ask again shortly."""


class TooManyGuesses(DomainError):
    """Wrong codes came too often from one network; `seconds` to wait before the next. Right ones are never kept waiting."""

    def __init__(self, seconds: int) -> None:
        super().__init__("This code opens no report. Please wait a little before you try another.")
        self.seconds = seconds


class TooManySignIns(DomainError):
    """Wrong sign-ins came too often from one network; `seconds` to wait before the next try."""

    def __init__(self, seconds: int) -> None:
        super().__init__("Too many sign-ins went wrong in your network. Please wait a minute and try again.")
        self.seconds = seconds


class SignInsCrowded(DomainError):
    """More people sign in at this moment than passwords can be checked."""

    def __init__(self) -> None:
        super().__init__("Many people are signing in; try again in a moment.")


class VersionConflict(DomainError):
    """Somebody changed the record since it was read."""

    def __init__(self, yours: int, current: int) -> None:
        super().__init__("This incident was changed by somebody else. Look at it again, then repeat your step.")
        self.yours = yours
        self.current = current


class NotPossible(DomainError):
    """The step does not fit the record's state, for example closing what is closed."""


class OffsetConflict(DomainError):
    """A piece does not begin where the unfinished picture ends: `there` bytes have come, `given` was said."""

    def __init__(self, there: int, given: int) -> None:
        said = f"{there} bytes of this picture have come. Go on from there."
        super().__init__(said)
        self.problems = (Problem("Upload-Offset", "offset", said),)
        self.there = there
        self.given = given


class AlreadyWhole(DomainError):
    """The picture is whole already: nothing can be added to it or taken from it."""

    def __init__(self) -> None:
        said = "This picture has come as a whole already."
        super().__init__(said)
        self.problems = (Problem("Upload-Offset", "complete", said),)


class AnotherPicture(DomainError):
    """The number has another picture, whole or on its way."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.problems = (Problem("Repr-Digest", "other_picture", message),)


class TooLarge(DomainError):
    """More bytes than are taken here. Carries Problems like Refused."""

    def __init__(self, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class WrongType(DomainError):
    """A file of a kind that is not taken here, whatever its name says. Carries Problems like Refused."""

    def __init__(self, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class NoRoom(DomainError):
    """The disk for pictures is full; everything else goes on. `seconds` to wait before another try."""

    seconds = 60

    def __init__(self) -> None:
        super().__init__("There is no room for pictures at the moment. The report itself is safe. Please try again later.")


class StoreAway(DomainError):
    """The disk for pictures cannot be used at the moment; everything else goes on."""

    def __init__(self) -> None:
        super().__init__("Pictures cannot be reached at the moment. The report itself is safe. Please try again later.")


class NotYet(LookupError):
    """A step that nobody can do at the moment, through no fault of the report: it waits, says why, and is tried again.

    `for_all` says that no other report could be done either.
    """

    def __init__(self, why: str, *, for_all: bool = False) -> None:
        super().__init__(why)
        self.for_all = for_all
