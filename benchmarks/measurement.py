"""One measurement: the bars that it is about, and the run that fills them. Each ends by itself within its time."""

import asyncio
import sys
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from benchmarks.row import Bar, Row
from benchmarks.unmeasured import Unmeasured


@dataclass(frozen=True, slots=True)
class Measurement:
    """What is promised and how it is measured."""

    bars: tuple[Bar, ...]
    measure: Callable[[], Awaitable[list[Row]]]
    """Gives a row for each of the bars it could measure."""
    longest_seconds: float

    async def rows(self) -> list[Row]:
        """A row for every bar; those that could not be measured say why."""
        reason = "the measurement gave no value"
        rows: list[Row] = []
        try:
            async with asyncio.timeout(self.longest_seconds):
                rows = await self.measure()
        except Unmeasured as error:
            reason = str(error)
        except TimeoutError:
            reason = f"it did not end within {self.longest_seconds:g} s, or something in it did not answer"
            traceback.print_exc(file=sys.stderr)
        except Exception as error:  # noqa: BLE001 -- one broken measurement must not hide the others
            reason = f"the measurement broke: {type(error).__name__}: {error}"
            traceback.print_exc(file=sys.stderr)
        given = {row.name: row for row in rows}
        return [given.get(bar.name) or bar.unmeasured(reason) for bar in self.bars]
