"""Several files read as one, from anywhere, with one of them open at a time: a picture whose pieces lie apart."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import BinaryIO, Final

from reporting.adapters.from_anywhere import FromAnywhere

BEGINNING: Final = -1


class Chained(FromAnywhere):
    """Reads files of known lengths one behind the other. Each is opened when it is needed and closed when another one is.

    Raises what opening raises, and EOFError for a file that is shorter than it was said to be.
    """

    def __init__(self, files: Sequence[tuple[Callable[[], BinaryIO], int]], last: tuple[BinaryIO, int]) -> None:
        """`files`: how to open each, and its length in bytes; `last`: one that is open already, and stays so."""
        super().__init__()
        self._last = last[0]
        self._files = [each for each in (*files, (lambda: self._last, last[1])) if each[1]]
        self._begins: list[int] = []
        self.length = 0
        for _opener, length in self._files:
            self._begins.append(self.length)
            self.length += length
        self._number = BEGINNING
        self._file: BinaryIO | None = None

    def close(self) -> None:
        self._let_go()
        super().close()

    def _part(self, wanted: int) -> bytes:
        """What the file at this place has of it."""
        number = bisect_right(self._begins, self._at) - 1
        inside = self._at - self._begins[number]
        file = self._opened(number)
        file.seek(inside)
        part = file.read(min(wanted, self._files[number][1] - inside))
        if not part:
            raise EOFError("a file is shorter than it was said to be")
        return part

    def _opened(self, number: int) -> BinaryIO:
        if self._number != number or self._file is None:
            self._let_go()
            self._file, self._number = self._files[number][0](), number
        return self._file

    def _let_go(self) -> None:
        if self._file is not None and self._file is not self._last:
            self._file.close()
        self._file, self._number = None, BEGINNING
