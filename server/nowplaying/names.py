"""How a station is named in an address: by its short name, or by its number, as AzuraCast allows both."""

from collections.abc import Iterable, Iterator


class StationNames:
    """The stations in their order; the first has number 1."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = tuple(names)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def resolve(self, name_or_number: str) -> str | None:
        """The short name; None if there is no such station."""
        if name_or_number in self._names:
            return name_or_number
        if name_or_number.isascii() and name_or_number.isdigit() and len(name_or_number) < 9:
            number = int(name_or_number)
            return self._names[number - 1] if 1 <= number <= len(self._names) else None
        return None
